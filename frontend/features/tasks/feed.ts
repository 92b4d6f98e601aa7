import type { Schemas } from "@/api/client";
import { clientName } from "@/auth/server/client-name";

import { didOf } from "./words";

export type Event = Schemas["ShownEvent"];
export type TaskEvent = Event & { task_id: number };

/** Whether it is a change of a task, and not of the account or an agent. */
export const isOfTask = (event: Event): event is TaskEvent => event.task_id !== undefined;

/** The query that asks for what has happened since; invalidate it to ask at once. */
export const FEED_KEY = ["tasks", "feed"] as const;

/** What happened, for people: "Claude Code completed". */
export function saidOf(event: Event): string {
  return `${clientName(event.client_name)} ${event.kind === "undone" ? "took back a change of" : didOf(event)}`;
}

/** The person's last change of a task that is still in force, of these events, the newest first. */
export function lastOwnChange(events: readonly Event[]): TaskEvent | undefined {
  const undone = new Set<number>();
  for (const event of events) {
    if (undone.has(event.id)) continue;
    if (event.undoes !== undefined) undone.add(event.undoes);
    else if (event.actor === "person" && isOfTask(event) && event.after) return event;
  }
  return undefined;
}
