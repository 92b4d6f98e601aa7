import { expect, test } from "vitest";

import { changedBy, filtersOf, NO_FILTERS, queryOf, withFilters } from "./filters";

const TODAY = "2026-11-22";
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
  expect(filtersOf(new URLSearchParams(withFilters("/", all).slice(2)))).toEqual(all);
});

test("no filters make no query, and leave the rest of the address", () => {
  expect(withFilters("/?view=all&task=3", NO_FILTERS)).toBe("/?task=3");
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
});

test("finished and deleted tasks come newest first, unless another order is chosen", () => {
  const done = changedBy(NO_FILTERS, { view: "completed" });
  expect(done.sort).toBe("updated");
  expect(withFilters("/", done)).toBe("/?view=completed");
  expect(filtersOf(new URLSearchParams("view=completed"))).toEqual(done);
  expect(changedBy(done, { view: "pending" })).toEqual(NO_FILTERS);
  expect(changedBy(filters({ sort: "title" }), { view: "deleted" }).sort).toBe("title");
});
