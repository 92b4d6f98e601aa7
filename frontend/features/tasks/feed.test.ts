import { expect, test } from "vitest";

import { lastOwnChange, type TaskEvent } from "./feed";

const event = (changed: Partial<TaskEvent>): TaskEvent => ({
  id: 4,
  subject: "task",
  subject_id: 1,
  task_id: 1,
  kind: "updated",
  actor: "agent",
  client_id: "x",
  client_name: "Claude Code",
  at: "2026-11-22T12:00:00Z",
  ...changed,
});

const mine = (id: number, changed: Partial<TaskEvent> = {}) =>
  event({ id, actor: "person", after: { title: "New" }, ...changed });

test("the last own change is the newest by the person", () => {
  expect(lastOwnChange([event({ id: 9, after: {} }), mine(8), mine(7)])?.id).toBe(8);
  expect(lastOwnChange([event({ id: 9, after: {} })])).toBeUndefined();
});

test("a change that is undone is passed over, and one whose undo is undone is not", () => {
  const undo = (id: number, undoes: number) => mine(id, { kind: "undone", undoes });
  expect(lastOwnChange([undo(9, 8), mine(8), mine(7)])?.id).toBe(7);
  expect(lastOwnChange([undo(10, 9), undo(9, 8), mine(8), mine(7)])?.id).toBe(8);
});

test("a change of a purged task cannot be undone", () => {
  const purged = event({ id: 8, actor: "person" });
  expect(lastOwnChange([purged, mine(7)])?.id).toBe(7);
});
