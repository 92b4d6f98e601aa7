import { expect, test } from "vitest";

import { rowAfter, saidOf, type TaskEvent } from "./feed";
import type { Row } from "./filters";

const row: Row = {
  id: 1,
  title: "Milk",
  completed: false,
  status: "pending",
  version: 3,
  priority: "low",
};
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

test("a change by an agent shows without asking for the task", () => {
  const after = { title: "Oat milk", priority: null };
  expect(rowAfter(row, event({ after }))).toEqual({
    id: 1,
    title: "Oat milk",
    completed: false,
    status: "pending",
    version: 4,
  });
});

test("completing, deleting and restoring change the status", () => {
  const done = rowAfter(row, event({ after: { completed: true } }));
  expect(done).toMatchObject({ completed: true, status: "completed" });
  const gone = rowAfter(done ?? row, event({ id: 5, kind: "deleted", after: { deleted: true } }));
  expect(gone).toMatchObject({ completed: true, status: "deleted" });
  const back = rowAfter(gone ?? row, event({ id: 6, kind: "restored", after: { deleted: false } }));
  expect(back).toMatchObject({ status: "completed", version: 6 });
});

test("what is known already changes nothing", () => {
  expect(rowAfter(row, event({ id: 3, after: { title: "Old" } }))).toBe(row);
});

test("a new task is made of its event, one that is not known has to be asked for", () => {
  const after = { title: "New", description: null, tags: [], completed: false, deleted: false };
  expect(rowAfter(undefined, event({ kind: "created", after }))).toMatchObject({ title: "New" });
  expect(rowAfter(undefined, event({ after: { title: "New" } }))).toBeUndefined();
  expect(rowAfter(row, event({ kind: "purged" }))).toBeNull();
});

test("an event says who did what", () => {
  const said = (changed: Partial<TaskEvent>) => saidOf(event(changed));
  expect(said({ after: { completed: true } })).toBe("Claude Code completed");
  expect(said({ after: { completed: false } })).toBe("Claude Code reopened");
  expect(said({ after: { completed: true, title: "New" } })).toBe("Claude Code changed");
  expect(said({ kind: "deleted", after: { deleted: true } })).toBe("Claude Code deleted");
  expect(said({ kind: "undone", after: { completed: false } })).toBe(
    "Claude Code took back a change of",
  );
});
