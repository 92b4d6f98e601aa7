// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";

import { EMPTY_DRAFT } from "./drafts";
import { dropAdd, keepAdd, keptAdds } from "./kept-adds";

const milk = { ...EMPTY_DRAFT, title: "Milk" };

beforeEach(() => localStorage.clear());

test("an add is kept for its person until it is dropped", () => {
  keepAdd("ann", "key", milk);
  expect(keptAdds("ann")).toMatchObject([{ key: "key", draft: milk }]);
  expect(keptAdds("bob")).toEqual([]);
  dropAdd("ann", "key");
  expect(keptAdds("ann")).toEqual([]);
});

test("an entry that is not readable hides no other", () => {
  localStorage.setItem("surelist.add.ann.broken", "{");
  keepAdd("ann", "key", milk);
  expect(keptAdds("ann").map(({ key }) => key)).toEqual(["key"]);
});
