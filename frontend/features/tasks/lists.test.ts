import { expect, test } from "vitest";

import type { Row } from "./filters";
import { type Loaded, rowsOf, withoutPagesBehind, withoutRow, withRowInPlace } from "./lists";

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

test("a changed task stays in its place", () => {
  const list = withRowInPlace(loaded([row(1)], [row(2), row(3)]), row(2, { due: "2026-11-22" }));
  expect(ids(list)).toEqual([1, 2, 3]);
  expect(rowsOf(list)[1]?.due).toBe("2026-11-22");
  expect(withRowInPlace(list, row(9))).toBe(list);
});

test("pages behind the view are given up, whole pages only", () => {
  const list = loaded([row(1), row(2)], [row(3), row(4)], [row(5)]);
  expect(ids(withoutPagesBehind(list, 2))).toEqual([1, 2]);
  expect(ids(withoutPagesBehind(list, 3))).toEqual([1, 2, 3, 4]);
  expect(withoutPagesBehind(list, 5)).toBe(list);
  expect(withoutPagesBehind(list, 50)).toBe(list);
});

test("a task that is loaded twice is shown once", () => {
  expect(ids(loaded([row(7), row(1)], [row(2), row(7)]))).toEqual([7, 1, 2]);
});

test("a list that is not touched stays the same object, so that nothing renders anew", () => {
  const list = loaded([row(1)]);
  expect(withoutRow(list, 2)).toBe(list);
});
