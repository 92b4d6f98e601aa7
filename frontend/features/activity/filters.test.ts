import { expect, test } from "vitest";

import { activityAddress, filtersOf, momentIn, queryOf } from "./filters";

const of = (address: string) => filtersOf(new URLSearchParams(address.split("?")[1]));

test("filters live in the address", () => {
  const filters = {
    actor: null,
    agent: "key-1&2",
    task: 7,
    kind: "deleted",
    day: "2026-11-22",
    since: "2026-11-22T10:00:00+01:00",
  } as const;
  expect(of(activityAddress(filters))).toEqual(filters);
  expect(activityAddress(of("/activity"))).toBe("/activity");
});

test("a wrong filter is as none", () => {
  const wrong = of("?actor=me&task=x&kind=completed&day=2026-13-40&since=yesterday&agent=");
  expect(activityAddress(wrong)).toBe("/activity");
});

test("a day begins at midnight of the account's time zone, also where it has 23 hours", () => {
  expect(momentIn("Asia/Tokyo", "2026-11-22T00:00")).toBe("2026-11-21T15:00:00.000Z");
  expect(queryOf(of("?day=2026-03-29"), "Europe/Berlin")).toEqual({
    since: "2026-03-28T23:00:00.000Z",
    until: "2026-03-29T22:00:00.000Z",
  });
});
