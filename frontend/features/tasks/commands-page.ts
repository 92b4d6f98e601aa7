import type { Schemas } from "@/api/client";
import { quoted } from "@/features/activity/words";

import type { Change, Undoable } from "./commands";
import type { Conflict } from "./conflicts";
import type { Draft } from "./drafts";

type Task = Schemas["WholeTask"];

/** A message. */
export type Words = {
  words: string;
  danger?: boolean;
  /** The event that the action undoes. */
  event?: number;
  action?: { label: string; altText: string; onPress: () => void };
};

/** The parts of the page that commands need. */
export type CommandsPage = {
  /** Shows a message for a while, or until its action is taken. */
  tell: (words: Words) => void;
  /** Removes the message whose action undoes that event. */
  untell: (event: number) => void;
  askAbout: (conflict: Conflict) => void;
  /** Opens a task with text that was not saved. */
  reopen: (seen: Task, edits: Conflict["edits"]) => void;
  /** Puts a task that was not added into the field again; tells whether the field was empty. */
  rewrite: (draft: Draft) => boolean;
  /** A task was added, and the lists are loaded again; `listed` says whether the one in view has it. */
  added: (task: Task, listed: boolean) => void;
};

/** The event of a change that its message offers to undo. */
export function undoableOf(change: Change, id: number): Undoable | null {
  const { kind } = change;
  if (kind === "complete") return { id, kind: "updated", after: { completed: change.completed } };
  if (kind === "delete") return { id, kind: "deleted" };
  return kind === "restore" ? { id, kind: "restored" } : null;
}

/** A sentence for a change that was not made; `now` is the task. */
export function failureOf(change: Change, now: Task | null): string {
  if (change.kind === "add") return `${quoted(change.draft.title.trim())} was not added`;
  if (change.kind === "undo") return `${now ? quoted(now.title) : "Nothing"} was not undone`;
  return `${quoted(change.task.title)} was not changed`;
}
