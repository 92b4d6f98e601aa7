import type { Schemas } from "@/api/client";
import { clientName } from "@/auth/server/client-name";

export type Event = Schemas["ShownEvent"];
export type TaskEvent = Event & { task_id: number };
/** An event of a list: it has the current title of its task, and the event that undid it. */
export type ListedEvent = Schemas["ListedEvent"];

/** Whether it is a change of a task, and not of the account or an agent. */
export const isOfTask = <T extends Event>(event: T): event is T & { task_id: number } =>
  event.task_id !== undefined;

/** The name of the author of a change, for people. */
export function authorOf({ actor, client_name }: Pick<Event, "actor" | "client_name">): string {
  if (actor === "person") return "You";
  if (actor === "assistant") return "The assistant";
  return actor === "system" ? "Surelist" : clientName(client_name);
}

/** Whether undoing the event is worth an attempt: it is in force and has not been purged. */
export function canBeUndone(event: ListedEvent): boolean {
  if (event.undone_by !== undefined || event.after === undefined) return false;
  return event.subject !== "agent" || event.kind === "updated" || event.kind === "undone";
}
