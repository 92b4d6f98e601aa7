import { expect, test } from "vitest";

import { isBlank, lengthOf } from "./text";

test("characters are counted as the server counts them", () => {
  expect(lengthOf("abc")).toBe(3);
  expect(lengthOf("a👍🏽é")).toBe(4);
  expect(lengthOf("👍".repeat(50_000))).toBe(50_000);
});

test.each(["", " ", "\n\t", "\u200b\u200d", "\u2060\ufeff", "\u00ad", "\u3164", "\u2800"])(
  "%j shows nothing",
  (text) => expect(isBlank(text)).toBe(true),
);

test.each(["a", ".", "👍", "\u200bא", "買"])("%j shows something", (text) =>
  expect(isBlank(text)).toBe(false),
);
