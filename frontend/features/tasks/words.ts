import type { Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";

type Event = Schemas["ShownEvent"];

const LONGEST_QUOTE = 60;

/** A title within a sentence. */
export const quoted = (title: string) =>
  title.length > LONGEST_QUOTE ? `“${title.slice(0, LONGEST_QUOTE)}…”` : `“${title}”`;

export const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** Whether the task does not exist any more. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 404 || error.status === 410);
}

/** Why something was refused, for people. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return "The server cannot be reached.";
  if (error.status === 412) return "It was changed meanwhile: look at it as it is now.";
  if (isGone(error)) return "It is not there any more.";
  if (error.kind === "conflict" && error.task) return "It was changed since.";
  return error.message;
}

/** The verb for a change: "completed", "moved to the trash". */
export function didOf({ kind, after = {} }: Pick<Event, "kind" | "after">): string {
  const words = {
    created: "added",
    updated: "changed",
    deleted: "deleted",
    restored: "restored",
    purged: "deleted for good",
    undone: "undid a change of",
  };
  const only = Object.keys(after).length === 1 && "completed" in after;
  if (kind !== "updated" || !only) return words[kind];
  return after.completed ? "completed" : "reopened";
}
