import { expect, test } from "vitest";

import { placeIn, withPlace } from "./address";

test.each([
  ["", null],
  ["chat=new", "new"],
  ["chat=all", "all"],
  ["chat=trash", "trash"],
  ["chat=12", 12],
  ["chat=", "new"],
  ["chat=0", "new"],
  ["chat=-3", "new"],
  ["chat=1e3", "new"],
  ["chat=99999999999999999999", "new"],
  ["chat=9999999999999999", "new"],
  ["chat=javascript:alert(1)", "new"],
])("the address %j opens %j", (query, place) => {
  expect(placeIn(new URLSearchParams(query))).toBe(place);
});

test("the chat is opened and closed in an address of which the rest stays", () => {
  expect(withPlace("/", 12)).toBe("/?chat=12");
  expect(withPlace("/?view=all&chat=12&tag=home", "all")).toBe("/?view=all&tag=home&chat=all");
  expect(withPlace("/?tag=home&chat=12", null)).toBe("/?tag=home");
  expect(withPlace("/?chat=12", null)).toBe("/");
});
