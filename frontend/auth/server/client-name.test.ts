import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { clientName } from "./client-name";

const EXAMPLES = JSON.parse(
  readFileSync(new URL("../../../specs/names.json", import.meta.url), "utf8"),
) as [string, string][];

test.each(EXAMPLES)("%j is shown as %j", (given, shown) => {
  expect(clientName(given)).toBe(shown);
});

test.each([null, undefined])("a client that gives no name (%j) is an agent", (given) => {
  expect(clientName(given)).toBe("An agent");
});
