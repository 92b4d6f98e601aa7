import { type Event, isOfTask, type TaskEvent } from "@/features/activity/events";

/** The query that asks for what has happened since; invalidate it to ask at once. */
export const FEED_KEY = ["tasks", "feed"] as const;

/** The last change of a task that is still in force, by the person or by another, of these events, the
 * newest first. */
export function lastChange<T extends Event>(
  by: "person" | "others",
  events: readonly T[],
): (T & TaskEvent) | undefined {
  const undone = new Set<number>();
  for (const event of events) {
    if (undone.has(event.id)) continue;
    if (event.undoes !== undefined) undone.add(event.undoes);
    else if ((event.actor === "person") === (by === "person") && isOfTask(event) && event.after)
      return event;
  }
  return undefined;
}
