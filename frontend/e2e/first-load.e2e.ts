import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { firstLoads } from "./first-load";

const KB = 1000;

/** The budget of each page: the scripts of its first load in KB, after gzip. */
const BUDGETS: Record<string, number> = {
  "/": 190,
  "/_global-error": 136,
  "/_not-found": 147,
  "/account": 167,
  "/activity": 180,
  "/connect": 180,
};

const FORMS_BUDGET = 10;

test("every page has a budget for its first load, and keeps to it", () => {
  const loads = firstLoads();
  expect(Object.keys(loads).sort()).toEqual(Object.keys(BUDGETS).sort());
  for (const [page, bytes] of Object.entries(loads)) {
    expect(bytes / KB, page).toBeLessThanOrEqual(BUDGETS[page] ?? 0);
  }
});

test("the forms have one script within its budget", () => {
  const script = readFileSync(new URL("../public/forms.js", import.meta.url));
  expect(gzipSync(script).byteLength / KB).toBeLessThanOrEqual(FORMS_BUDGET);
});
