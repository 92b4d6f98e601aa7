import { expect, test } from "vitest";

import { ApiProblem } from "@/api/problem";
import { SignedOut } from "@/auth/api-tokens";

import { whyNotSent } from "./words";

const problem = (status: number, kind = "", retryAfter: number | null = null) =>
  new ApiProblem(status, kind, "What the server says.", null, retryAfter);
const noon = Date.parse("2026-11-26T12:00:00Z");

test.each([
  [new TypeError("Failed to fetch"), "There is no connection."],
  [new SignedOut(), "You are signed out."],
  [problem(503, "chat_not_set_up"), "What the server says."],
  [problem(503, "unavailable", 2), "Your list cannot be reached right now. Try again in a minute."],
  [problem(500), "The server cannot be reached."],
  [problem(429, "too_many_requests", 600), "What the server says. Try again in 10 minutes."],
  [problem(429, "too_many_requests", null), "What the server says. Try again in a while."],
  [problem(409, "conflict"), "The assistant is still answering the message before."],
  [problem(410, "gone"), "This conversation is in the trash. Restore it"],
  [problem(404, "not_found"), "This conversation no longer exists."],
  [problem(422, "invalid"), "What the server says."],
])("%s is told in words", (error, words) => {
  expect(whyNotSent(error, false, noon)).toContain(words);
});

test("a quota that is spent until the night tells the time of this clock", () => {
  const words = whyNotSent(problem(429, "too_many_requests", 43_200), false, noon);
  const midnight = new Date("2026-11-27T00:00:00Z");
  const shown = midnight.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  expect(words).toBe(`What the server says. Try again after ${shown}.`);
});

test("a message that can be replaced no more is to be sent as a new one", () => {
  expect(whyNotSent(problem(409, "conflict"), true)).toContain("send this as a new message");
});
