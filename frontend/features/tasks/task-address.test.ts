import { expect, test } from "vitest";

import { taskIn, withTask } from "./task-address";

test.each([
  ["task=3", 3],
  ["task=0", null],
  ["task=-1", null],
  ["task=3.5", null],
  ["task=99999999999999999999", null],
  ["", null],
])("the address %s opens %s", (search, id) => {
  expect(taskIn(new URLSearchParams(search))).toBe(id);
});

test("opening and closing a task keeps the rest of the address", () => {
  expect(withTask("/?tag=home&chat=2", 3)).toBe("/?tag=home&chat=2&task=3");
  expect(withTask("/?tag=home&task=3", 4)).toBe("/?tag=home&task=4");
  expect(withTask("/?task=3", null)).toBe("/");
});
