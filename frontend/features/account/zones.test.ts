import { expect, test } from "vitest";

import { zoneInWords, zonesDiffer, zonesWith } from "./zones";

test("two names of one zone do not differ", () => {
  expect(zonesDiffer("Asia/Calcutta", "Asia/Kolkata")).toBe(false);
  expect(zonesDiffer("UTC", "Europe/Berlin")).toBe(true);
});

test("a zone that this browser does not know can stay chosen", () => {
  expect(zonesWith("Mars/Olympus")).toContain("Mars/Olympus");
  expect(zonesWith()).toContain("UTC");
});

test("a zone is shown with its offset on that day", () => {
  const inWords = (zone: string, day: string) => zoneInWords(zone, new Date(day));
  expect(inWords("Europe/Berlin", "2026-01-01")).toBe("Europe/Berlin (UTC+01:00)");
  expect(inWords("Europe/Berlin", "2026-07-01")).toBe("Europe/Berlin (UTC+02:00)");
  expect(inWords("America/New_York", "2026-01-01")).toBe("America/New York (UTC-05:00)");
  expect(inWords("UTC", "2026-01-01")).toBe("UTC");
});
