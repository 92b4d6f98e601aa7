import { expect, test } from "vitest";

import type { Row } from "./filters";
import { openedIn, withOpened } from "./opened";

const row = (id: number, changed: Partial<Row> = {}): Row => ({
  id,
  title: `Task ${id}`,
  completed: false,
  status: "pending",
  version: id,
  ...changed,
});
const rows = [row(1), row(2), row(3), row(4)];
const opened = openedIn(rows, row(3));
const ids = (now: readonly Row[]) => withOpened(now, opened, "due").map(({ id }) => id);

test("a task that is being edited stays where it is when it leaves the list", () => {
  expect(ids([row(1), row(2), row(4)])).toEqual([1, 2, 3, 4]);
});

test("it stays when its due date would bring it elsewhere, and is as it is now", () => {
  const moved = row(3, { due: "2026-11-22", version: 9 });
  const now = withOpened([moved, row(1), row(2), row(4)], opened, "due");
  expect(now.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  expect(now[2]).toBe(moved);
});

test("it does not follow the one above it", () => {
  const moved = row(2, { due: "2026-11-22" });
  expect(ids([moved, row(1), row(4)])).toEqual([2, 1, 3, 4]);
});

test("it stands first in a list that has none of what was above it", () => {
  expect(ids([row(7), row(8)])).toEqual([3, 7, 8]);
  expect(ids([])).toEqual([3]);
});
