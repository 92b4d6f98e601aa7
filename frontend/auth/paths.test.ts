import { expect, test } from "vitest";

import {
  confirmedPath,
  isTooOld,
  placeAfter,
  reasonOf,
  resumeAfter,
  signInPath,
  withoutError,
} from "./paths";

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

const queryOf = (path: string) => new URL(path, "http://localhost").searchParams;

test("the sign-in page is told why, and leads back to where one was", () => {
  const query = queryOf(signInPath({ pathname: "/connect", search: "?a=b" }, "proof"));
  expect(reasonOf(query)).toBe("proof");
  expect(resumeAfter(query)).toBe("/connect?a=b");
});

test("the link that confirms an address leads to sign in, and then on with the authorization", () => {
  const next = "/api/auth/oauth2/authorize?client_id=x&scope=tasks%3Aread";
  const query = queryOf(confirmedPath(next));
  expect(reasonOf(query)).toBe("confirmed");
  expect(resumeAfter(query)).toBe(next);
});

test("an authorization goes on without the reason why one signed in", () => {
  const query = new URLSearchParams({ client_id: "x", reason: "proof", sig: "y" });
  expect(resumeAfter(query)).toBe("/api/auth/oauth2/authorize?client_id=x");
});

test.each(["", "constructor", "PROOF"])("%j is no reason to sign in", (reason) => {
  expect(reasonOf(new URLSearchParams({ reason }))).toBeNull();
});
