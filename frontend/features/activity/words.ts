import { clientName } from "@/auth/server/client-name";

import type { Event } from "./events";

const LONGEST_QUOTE = 60;

/** A title within a sentence. */
export const quoted = (title: string) =>
  title.length > LONGEST_QUOTE ? `“${title.slice(0, LONGEST_QUOTE)}…”` : `“${title}”`;

export const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** The verbs of changes. */
export const VERBS = {
  created: "added",
  updated: "changed",
  deleted: "deleted",
  restored: "restored",
  purged: "deleted for good",
  undone: "undid a change of",
};

/** The verb for a change of a task: "completed", "deleted". */
export function didOf({ kind, after = {} }: Pick<Event, "kind" | "after">): string {
  const only = Object.keys(after).length === 1 && "completed" in after;
  if (kind !== "updated" || !only) return VERBS[kind];
  return after.completed ? "completed" : "reopened";
}

/** What happened to a task, for people: "Claude Code completed". */
export const saidOf = (event: Event) => `${clientName(event.client_name)} ${didOf(event)}`;
