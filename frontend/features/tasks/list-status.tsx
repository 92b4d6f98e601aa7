import type { ReactNode } from "react";

import { usePerson } from "@/auth/person";
import { quoted } from "@/features/activity/words";

import { useKeptDrafts } from "./kept-drafts";
import { useOnline } from "./use-online";

type ListStatusProps = {
  /** How many tasks the list holds, in words. */
  count: string | null;
  /** The number of changes that the server has not answered. */
  waiting: number;
  openTask: number | null;
  onOpen: (task: number) => void;
  /** What can be done with the whole list. */
  children?: ReactNode;
};

/** The line between the filters and the list. */
export function ListStatus({ count, waiting, openTask, onOpen, children }: ListStatusProps) {
  const drafts = useKeptDrafts(usePerson().id);
  const online = useOnline();
  const unsaved = drafts.find(({ seen }) => seen.id !== openTask)?.seen;
  return (
    <div className="flex h-8 items-center justify-between gap-4 px-1 text-sm text-muted">
      <p className="shrink-0">{count}</p>
      <p role="status" dir="auto" className="min-w-0 grow truncate text-end text-accent">
        {online ? null : offlineWords(waiting)}
      </p>
      {unsaved ? (
        <button
          type="button"
          dir="auto"
          onClick={() => onOpen(unsaved.id)}
          // Text that is being saved is not announced as unsaved.
          className="animate-late max-w-[60%] min-w-0 truncate rounded-md text-warning underline pointer-coarse:min-h-8"
        >
          Unsaved: {quoted(unsaved.title)}
        </button>
      ) : null}
      {children}
    </div>
  );
}

function offlineWords(waiting: number): string {
  if (waiting === 0) return "You are offline.";
  return `Offline: ${waiting === 1 ? "1 change waits" : `${waiting} changes wait`}.`;
}
