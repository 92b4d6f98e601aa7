import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";

import { usePerson } from "@/auth/person";

import { dropDraft, keepDraft, keptDraft, textAt, type Written } from "./kept-drafts";
import { closeTask, openTask, useOpenTask } from "./task-address";

/** The open task, its unsaved text, and the ways to open and close it. */
export function useTaskPanel() {
  const person = usePerson().id;
  const router = useRouter();
  const named = useOpenTask();
  /** The task that was closed while the address still names it. */
  const [closing, setClosing] = useState<number | null>(null);
  if (closing !== null && closing !== named) setClosing(null);
  const id = named === closing ? null : named;
  const [kept, setKept] = useState(() => ({ id, draft: id ? keptDraft(person, id) : null }));
  if (kept.id !== id) setKept({ id, draft: id ? keptDraft(person, id) : null });
  const key = useRef<string | undefined>(undefined);
  useEffect(() => {
    key.current = kept.draft?.key;
  }, [kept]);
  /** The task whose panel can be typed in; `awaited` is the one that was asked for. */
  const [ready, setReady] = useState<number | null>(null);
  const awaited = useRef<number | null>(null);

  const open = useCallback(
    (task: number) => {
      if (window.location.pathname !== "/") {
        router.push(`/?task=${task}`);
        return;
      }
      if (task === id) return;
      awaited.current = task;
      openTask(task);
    },
    [router, id],
  );
  const onReady = useCallback(() => {
    awaited.current = null;
    setReady(id);
  }, [id]);
  const write = (written: Written) => {
    key.current = keepDraft(person, written, key.current);
  };
  const drop = useCallback(() => {
    if (key.current !== undefined) dropDraft(key.current);
    key.current = undefined;
  }, []);
  return {
    id,
    kept: kept.draft,
    open,
    close: useCallback(() => {
      awaited.current = null;
      setClosing(id); // at once: what is typed next is not meant for the panel
      closeTask();
    }, [id]),
    /** Opens a task with text that was not saved. */
    reopen: useCallback(
      (written: Written) => {
        keepDraft(person, written);
        open(written.seen.id);
      },
      [person, open],
    ),
    write,
    drop,
    /** What is written now. */
    text: () => (key.current === undefined ? null : textAt(key.current)),
    onReady,
    /** Whether keys are meant for a panel that is not there yet. */
    isOpening: () => awaited.current !== null || (id !== null && ready !== id),
  };
}
