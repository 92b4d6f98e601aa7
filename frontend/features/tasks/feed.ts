import type { Schemas } from "@/api/client";
import { clientName } from "@/auth/server/client-name";

import type { Row } from "./filters";
import { rowOf } from "./lists";

export type Event = Schemas["ShownEvent"];
export type TaskEvent = Event & { task_id: number };

/** Whether it is a change of a task, and not of the account or an agent. */
export const isOfTask = (event: Event): event is TaskEvent => event.task_id !== undefined;

/** The query that asks for what has happened since; invalidate it to ask at once. */
export const FEED_KEY = ["tasks", "feed"] as const;

/** The row after the event; undefined when what is known does not suffice, null when it is gone. */
export function rowAfter(row: Row | undefined, event: TaskEvent): Row | null | undefined {
  if (event.kind === "purged") return null;
  const after = event.after;
  if (!after || (!row && event.kind !== "created")) return undefined;
  if (row && row.version >= event.id) return row;
  const merged = Object.fromEntries(
    Object.entries({ ...row, ...after, id: event.task_id }).filter(([, value]) => value !== null),
  );
  const { deleted, ...task } = merged;
  const completed = task["completed"] === true;
  const isDeleted = deleted === undefined ? row?.status === "deleted" : deleted === true;
  const status = isDeleted ? "deleted" : completed ? "completed" : "pending";
  const whole = {
    ...task,
    completed,
    status,
    version: event.id,
  } as unknown as Schemas["WholeTask"];
  return "description" in after || !row?.description_truncated
    ? rowOf(whole)
    : { ...rowOf(whole), description_truncated: true };
}

const DONE: Record<Event["kind"], string> = {
  created: "added",
  updated: "changed",
  deleted: "deleted",
  restored: "restored",
  purged: "purged",
  undone: "took back a change of",
};

/** What happened, for people: "Claude Code completed". */
export function saidOf(event: Event): string {
  return `${clientName(event.client_name)} ${doneBy(event)}`;
}

/** Completing and reopening are changes of one field. */
function doneBy({ kind, after = {} }: Event): string {
  const [first, ...more] = Object.keys(after);
  if (kind !== "updated" || first !== "completed" || more.length > 0) return DONE[kind];
  return after.completed ? "completed" : "reopened";
}
