import { expect, test } from "vitest";

import { anEvent } from "@/features/activity/an-event";
import type { Event } from "@/features/activity/events";

import { lastChange } from "./last-change";

const byAgent = anEvent(9, { after: {} });
const mine = (id: number, changed: Partial<Event> = {}) =>
  anEvent(id, { actor: "person", after: { title: "New" }, ...changed });

test("the last own change is the newest by the person", () => {
  expect(lastChange("person", [byAgent, mine(8), mine(7)])?.id).toBe(8);
  expect(lastChange("person", [byAgent])).toBeUndefined();
});

test("the last change of others is the newest by an agent that is in force", () => {
  const undone = anEvent(10, { after: {} });
  const events = [mine(11, { kind: "undone", undoes: 10 }), undone, byAgent, mine(8)];
  expect(lastChange("others", events)?.id).toBe(9);
  expect(lastChange("others", [mine(8)])).toBeUndefined();
});

test("a change that is undone is passed over, and one whose undo is undone is not", () => {
  const undo = (id: number, undoes: number) => mine(id, { kind: "undone", undoes });
  expect(lastChange("person", [undo(9, 8), mine(8), mine(7)])?.id).toBe(7);
  expect(lastChange("person", [undo(10, 9), undo(9, 8), mine(8), mine(7)])?.id).toBe(8);
});

test("a change of a purged task cannot be undone", () => {
  const purged = mine(8);
  delete purged.after;
  expect(lastChange("person", [purged, mine(7)])?.id).toBe(7);
});
