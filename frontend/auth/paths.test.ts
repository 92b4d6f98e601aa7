import { expect, test } from "vitest";

import { isTooOld, placeAfter, signInPath, withoutError } from "./paths";

test.each([
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/\t/evil.example",
  "/%0d//..//../\\/evil.example/..",
  "javascript:alert(1)",
  "",
  null,
  undefined,
])("signing in never leads off the site: %j", (next) => {
  const place = placeAfter(next);
  expect(new URL(place, "http://localhost:3000").origin).toBe("http://localhost:3000");
  expect(place.startsWith("//")).toBe(false);
});

test("signing in leads back to where one was, filters and all", () => {
  const path = signInPath({ pathname: "/connect", search: "?tag=a%26b" });
  const next = new URL(path, "http://localhost").searchParams.get("next");
  expect(placeAfter(next)).toBe("/connect?tag=a%26b");
});

test.each([
  ["/?error=TOKEN_EXPIRED", "/", "TOKEN_EXPIRED"],
  ["/connect?tag=a%26b&error=x#y", "/connect?tag=a%26b#y", "x"],
  ["/connect?tag=a%20b", "/connect?tag=a%20b", null],
])("what went wrong on the way to %j is parted from it", (given, place, error) => {
  expect(withoutError(given)).toEqual({ place, error });
});

test("a question without a time to answer it in is too old", () => {
  const soon = Math.floor(Date.now() / 1000) + 60;
  const until = (exp: string) => isTooOld(new URLSearchParams(exp));
  expect([`exp=${String(soon)}`, "exp=1000000000", "exp=", "exp=x", ""].map(until)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
});
