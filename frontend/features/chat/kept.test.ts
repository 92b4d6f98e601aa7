// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";

import { drafts, lastOpen } from "./kept";

afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
});

test("each person has a draft in each conversation", () => {
  drafts.keep("ann", 1, "One");
  drafts.keep("ann", null, "New");
  expect([drafts.of("ann", 1), drafts.of("ann", null), drafts.of("ann", 2)]).toEqual([
    "One",
    "New",
    "",
  ]);
  expect(drafts.of("bob", 1)).toBe("");
  drafts.keep("ann", 1, "");
  expect(drafts.of("ann", 1)).toBe("");
});

test("a browser without storage keeps a draft until the page is closed", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  drafts.keep("ann", 1, "Long");
  expect(drafts.of("ann", 1)).toBe("Long");
});

test("the last place is separate for each person", () => {
  lastOpen.keep("ann", 7);
  expect([lastOpen.of("ann"), lastOpen.of("bob")]).toEqual([7, null]);
  lastOpen.keep("ann", null);
  expect(lastOpen.of("ann")).toBeNull();
});
