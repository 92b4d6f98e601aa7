import { expect, test } from "vitest";

import { addressOf, filtersOf, matches, NO_FILTERS, placeFor, queryOf, type Row } from "./filters";

const TODAY = "2026-11-22";
const row = (changed: Partial<Row> = {}): Row => ({
  id: 1,
  title: "Buy milk",
  completed: false,
  status: "pending",
  version: 1,
  ...changed,
});
const filters = (changed: Partial<typeof NO_FILTERS>) => ({ ...NO_FILTERS, ...changed });

test("filters survive in the address", () => {
  const all = filters({
    view: "all",
    sort: "title",
    due: "week",
    priority: "high",
    tag: "a&b",
    search: "x y",
  });
  expect(filtersOf(new URLSearchParams(addressOf(all).slice(2)))).toEqual(all);
});

test("no filters make no query", () => {
  expect(addressOf(NO_FILTERS)).toBe("/");
});

test("what the address has wrong is as if it were not there", () => {
  expect(filtersOf(new URLSearchParams("view=bin&sort=x&due=never&priority=1&tag=%20"))).toEqual(
    NO_FILTERS,
  );
});

test("a search of nothing but space is not sent, and one of signs is", () => {
  expect(queryOf(filters({ search: "  " }), TODAY)).not.toHaveProperty("search");
  expect(queryOf(filters({ search: " ? " }), TODAY).search).toBe("?");
});

test("overdue is what was due before today", () => {
  expect(queryOf(filters({ due: "overdue" }), TODAY).due_before).toBe("2026-11-21");
  expect(matches(row({ due: TODAY }), filters({ due: "overdue" }), TODAY)).toBe(false);
  expect(matches(row({ due: "2026-11-21T09:00:00Z" }), filters({ due: "overdue" }), TODAY)).toBe(
    true,
  );
  expect(matches(row(), filters({ due: "overdue" }), TODAY)).toBe(false);
});

test("a task may belong to the lists whose status, priority and day it has", () => {
  const milk = row({ tags: ["Home"], priority: "low", description: "Café au lait" });
  expect(matches(milk, filters({ tag: "work", search: "bread" }), TODAY)).toBe(true);
  expect(matches(milk, filters({ priority: "high" }), TODAY)).toBe(false);
  expect(matches(row({ status: "deleted" }), filters({ view: "all" }), TODAY)).toBe(false);
});

test("a new task goes to its place, or first when its place is not loaded yet", () => {
  const rows = [row({ id: 1, due: "2026-11-20" }), row({ id: 2, due: "2026-11-30" })];
  expect(placeFor(row({ id: -1, due: "2026-11-25" }), rows, "due", true)).toBe(1);
  expect(placeFor(row({ id: -1 }), rows, "due", false)).toBe(2);
  expect(placeFor(row({ id: -1 }), rows, "due", true)).toBe(0);
});
