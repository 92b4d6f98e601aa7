import { expect, test } from "vitest";

import { exampleTask } from "./example-task";
import { conflictOf } from "./conflicts";

const seen = exampleTask();

test("changes of different fields are no conflict", () => {
  expect(conflictOf(seen, { title: "Oat milk" }, { ...seen, priority: "low" }).fields).toEqual([]);
});

test("the same field changed to something else is one", () => {
  const now = { ...seen, title: "Soy milk", tags: ["home"] };
  const { fields } = conflictOf(seen, { title: "Oat milk", tags: ["home"] }, now);
  expect(fields).toEqual(["title"]);
});

test("what went to the trash meanwhile is one", () => {
  const now = { ...seen, status: "deleted" as const };
  expect(conflictOf(seen, { title: "Oat milk" }, now).fields).toEqual(["title"]);
});
