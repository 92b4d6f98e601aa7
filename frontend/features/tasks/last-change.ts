import { authorOf, type ListedEvent, type TaskEvent } from "@/features/activity/events";
import { didOf, quoted } from "@/features/activity/words";

import type { Undoable } from "./commands";
import type { CommandsPage } from "./commands-page";
import { lastChange } from "./feed";
import { readEvents } from "./queries";

/** Pages of events in which the person's last change is looked for. */
const PAGES = 5;

type Undo = (task: { id: number }, event: Undoable) => Promise<unknown>;

/** Undoes the person's last change. Where there is none, offers to undo that of somebody else. */
export async function undoLastChange(tell: CommandsPage["tell"], undo: Undo): Promise<void> {
  const last = await readLastChange();
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
async function readLastChange(): Promise<(ListedEvent & TaskEvent) | undefined> {
  const events: ListedEvent[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const read = await readEvents(cursor);
    events.push(...read.events);
    const own = lastChange("person", events);
    if (own) return own;
    cursor = read.next_cursor;
    if (cursor === undefined) break;
  }
  return lastChange("others", events);
}
