import type { Event, TaskEvent } from "@/features/activity/events";

import { lastOwnChange } from "./feed";
import { readEvents } from "./queries";

/** Pages of events in which the person's last change is looked for. */
const PAGES = 5;

/** The person's last change that is still in force, as the server has it. */
export async function readLastChange(): Promise<TaskEvent | undefined> {
  const events: Event[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const read = await readEvents(cursor);
    events.push(...read.events);
    const last = lastOwnChange(events);
    cursor = read.next_cursor;
    if (last || cursor === undefined) return last;
  }
  return undefined;
}
