import { expect, test } from "vitest";

import { NO_FILTERS, type Row } from "./filters";
import { type Loaded, rowsOf, withoutRow, withRow, withRowInPlace } from "./lists";

const TODAY = "2026-11-22";
const row = (id: number, changed: Partial<Row> = {}): Row => ({
  id,
  title: `Task ${id}`,
  completed: false,
  status: "pending",
  version: id,
  ...changed,
});
const loaded = (...pages: Row[][]): Loaded => ({
  pages: pages.map((tasks) => ({ tasks })),
  pageParams: pages.map(() => null),
});
const ids = (list: Loaded) => rowsOf(list).map(({ id }) => id);

test("a task that comes anew stands in its place, on whichever page that is", () => {
  const list = loaded([row(1), row(2)], [row(4), row(5)]);
  expect(ids(withRow(list, row(3), NO_FILTERS, TODAY))).toEqual([1, 2, 3, 4, 5]);
  expect(ids(withRow(list, row(6), NO_FILTERS, TODAY))).toEqual([1, 2, 4, 5, 6]);
  expect(ids(withRow(loaded([]), row(1), NO_FILTERS, TODAY))).toEqual([1]);
});

test("a task that no longer belongs to the list leaves it", () => {
  const list = loaded([row(1), row(2)]);
  const done = row(1, { completed: true, status: "completed" });
  expect(ids(withRow(list, done, NO_FILTERS, TODAY))).toEqual([2]);
});

test("a task whose due date changes goes where it belongs now", () => {
  const list = loaded([row(1), row(2), row(3)]);
  expect(ids(withRow(list, row(3, { due: TODAY }), NO_FILTERS, TODAY))).toEqual([3, 1, 2]);
});

test("a task that gets its number stays where it is", () => {
  const list = loaded([row(-1), row(1)]);
  expect(ids(withRowInPlace(list, row(9), -1))).toEqual([9, 1]);
});

test("a task that is loaded twice is shown once", () => {
  expect(ids(loaded([row(7), row(1)], [row(2), row(7)]))).toEqual([7, 1, 2]);
});

test("a list that is not touched stays the same object, so that nothing renders anew", () => {
  const list = loaded([row(1)]);
  expect(withoutRow(list, 2)).toBe(list);
});
