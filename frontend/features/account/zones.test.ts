import { expect, test } from "vitest";

import { zonesDiffer, zonesWith } from "./zones";

test("two names of one zone do not differ", () => {
  expect(zonesDiffer("Asia/Calcutta", "Asia/Kolkata")).toBe(false);
  expect(zonesDiffer("UTC", "Europe/Berlin")).toBe(true);
});

test("a zone that this browser does not know can stay chosen", () => {
  expect(zonesWith("Mars/Olympus")).toContain("Mars/Olympus");
  expect(zonesWith()).toContain("UTC");
});
