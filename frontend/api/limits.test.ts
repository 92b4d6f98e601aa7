import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { limitsOf } from "./write-limits.mjs";

test("the page's limits are those of the OpenAPI document; else: npm run generate", async () => {
  const read = (name: string) => readFile(new URL(name, import.meta.url), "utf8");
  const document: unknown = JSON.parse(await read("openapi.json"));
  expect(await read("limits.ts")).toBe(limitsOf(document));
});
