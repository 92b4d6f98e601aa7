import { expect, test } from "vitest";

import { anEvent } from "@/features/activity/an-event";
import type { Event } from "@/features/activity/events";

import { lastOwnChange } from "./feed";

const byAgent = anEvent(9, { after: {} });
const mine = (id: number, changed: Partial<Event> = {}) =>
  anEvent(id, { actor: "person", after: { title: "New" }, ...changed });

test("the last own change is the newest by the person", () => {
  expect(lastOwnChange([byAgent, mine(8), mine(7)])?.id).toBe(8);
  expect(lastOwnChange([byAgent])).toBeUndefined();
});

test("a change that is undone is passed over, and one whose undo is undone is not", () => {
  const undo = (id: number, undoes: number) => mine(id, { kind: "undone", undoes });
  expect(lastOwnChange([undo(9, 8), mine(8), mine(7)])?.id).toBe(7);
  expect(lastOwnChange([undo(10, 9), undo(9, 8), mine(8), mine(7)])?.id).toBe(8);
});

test("a change of a purged task cannot be undone", () => {
  const purged = mine(8);
  delete purged.after;
  expect(lastOwnChange([purged, mine(7)])?.id).toBe(7);
});
