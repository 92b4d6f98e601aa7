import { expect, test } from "vitest";

import { linkInWords } from "./words";

test.each(["constructor", "toString", "", "SOMETHING_NEW"])("%s says nothing of a link", (code) => {
  expect(linkInWords(code)).toBeNull();
});

test("an expired link is reported", () => {
  expect(linkInWords("TOKEN_EXPIRED")).toContain("has expired");
});
