import {
  authorOf,
  type Event,
  isOfTask,
  type ListedEvent,
  type TaskEvent,
} from "@/features/activity/events";
import { didOf, quoted } from "@/features/activity/words";

import type { Undoable } from "./commands";
import type { CommandsPage } from "./commands-page";
import { readEvents } from "./queries";

/** Pages of events in which the person's last change is looked for. */
const PAGES = 5;

type Undo = (task: { id: number }, event: Undoable) => Promise<unknown>;

/** Undoes the person's last change. Where there is none, offers to undo that of somebody else.
 * `refused` are the changes whose undo the server has refused. */
export async function undoLastChange(
  tell: CommandsPage["tell"],
  undo: Undo,
  refused: ReadonlySet<number>,
): Promise<void> {
  const last = await readLastChange(refused);
  if (!last) tell({ words: "There is nothing to undo" });
  else if (last.actor === "person") await undo({ id: last.task_id }, last);
  else {
    const change = `${authorOf(last)} ${didOf(last)} ${quoted(last.title ?? "")}`;
    const onPress = () => void undo({ id: last.task_id }, last);
    tell({
      words: `Nothing of yours is left to undo. ${change}`,
      event: last.id,
      action: { label: "Undo", altText: "Undo it", onPress },
    });
  }
}

/** The person's last change that is still in force, as the server has it, else that of others. */
async function readLastChange(
  refused: ReadonlySet<number>,
): Promise<(ListedEvent & TaskEvent) | undefined> {
  const events: ListedEvent[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const read = await readEvents(cursor);
    events.push(...read.events);
    const own = lastChange("person", events, refused);
    if (own) return own;
    cursor = read.next_cursor;
    if (cursor === undefined) break;
  }
  return lastChange("others", events, refused);
}

/** The last change of a task that is still in force, by the person or by another, of these events, the
 * newest first. Those whose undo was refused are passed over. */
export function lastChange<T extends Event>(
  by: "person" | "others",
  events: readonly T[],
  refused: ReadonlySet<number> = new Set(),
): (T & TaskEvent) | undefined {
  const undone = new Set<number>();
  for (const event of events) {
    if (undone.has(event.id) || refused.has(event.id)) continue;
    if (event.undoes !== undefined) undone.add(event.undoes);
    else if ((event.actor === "person") === (by === "person") && isOfTask(event) && event.after)
      return event;
  }
  return undefined;
}
