import type { Schemas } from "@/api/client";

import type { Conflict } from "./conflicts";
import type { Draft, Edits } from "./drafts";

type Task = Schemas["WholeTask"];
/** A message. */
export type Words = {
  words: string;
  danger?: boolean;
  /** The event that the action undoes. */
  event?: number;
  action?: { label: string; altText: string; onPress: () => void };
};

/** The parts of the page that changes need. */
export type TaskActionsPage = {
  /** Shows a message for a while, or until its action is taken. */
  tell: (words: Words) => void;
  /** Removes the message whose action undoes that event. */
  untell: (event: number) => void;
  askAbout: (conflict: Conflict) => void;
  /** Opens a task with text that was not saved. */
  reopen: (seen: Task, edits: Edits) => void;
  /** Keeps a task that is being added over a reload, until it is dropped. */
  keepAdd: (key: string, draft: Draft) => void;
  dropAdd: (key: string) => void;
  /** A task was added, and the lists are loaded again; `listed` says whether the one in view has it. */
  added: (task: Task, listed: boolean) => void;
};
