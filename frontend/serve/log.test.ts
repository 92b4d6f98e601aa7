import { expect, test } from "vitest";

import { lineOf, takeOver } from "./log.mjs";

const AT = new Date("2026-11-26T12:00:00Z");

test("a line holds the words of the program and none of a caller's", () => {
  const forged = 'x\n{"level":"info"}\n\u001b[2J\u001b]0;owned\u0007';
  expect(lineOf("ERROR", [`Invalid callbackURL: ${forged}`], AT)).toBe(
    "2026-11-26T12:00:00.000Z ERROR Invalid callbackURL",
  );
  expect(lineOf("ERROR", ["\u001b[31mFailed to handle request for /x\n"], AT)).toBe(
    "2026-11-26T12:00:00.000Z ERROR Failed to handle request for",
  );
  expect(lineOf("WARN", [{ detail: forged }], AT)).toBe(
    "2026-11-26T12:00:00.000Z WARN Something that is not shown",
  );
});

test("an error is logged with its name, code and location, without its message", () => {
  const error = Object.assign(
    new Error("Key (email)=(ann@example.com)\n    at forged (x.js:1:1)"),
    {
      code: "23505",
      detail: "ann@example.com",
    },
  );
  const line = lineOf("ERROR", ["# SERVER_ERROR: ", error], AT);
  expect(line).toContain("SERVER_ERROR | Error 23505 at ");
  expect(line).not.toMatch(/ann|forged|\n/);
  expect(lineOf("ERROR", [error], AT).length).toBeLessThanOrEqual(200);
});

test("the number of printed lines is limited, and the rest is counted", () => {
  const printed: string[] = [];
  const own = { ...console };
  let now = AT.getTime();
  takeOver(
    own,
    (line) => printed.push(line),
    () => now,
  );
  own.log("nothing");
  for (let at = 0; at < 1000; at += 1) own.error("User not found");
  expect(printed).toHaveLength(300);
  now += 60_000;
  own.warn("User not found");
  expect(printed.at(300)).toContain("700 more lines were left out");
  expect(printed).toHaveLength(302);
});
