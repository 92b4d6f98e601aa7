// @vitest-environment jsdom
import { expect, test } from "vitest";

import { shortcutOf } from "./shortcuts";

const press = (key: string, held = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  ...held,
});

test("keys act on the list, but not while one writes or with Ctrl held", () => {
  expect(shortcutOf(press("x"), document.body)).toBe("complete");
  expect(shortcutOf(press("x"), document.createElement("input"))).toBeNull();
  expect(shortcutOf(press("n", { ctrlKey: true }), document.body)).toBeNull();
  expect(shortcutOf(press("q"), document.body)).toBeNull();
});

test("Enter presses the button that is focused", () => {
  expect(shortcutOf(press("Enter"), document.createElement("button"))).toBeNull();
  expect(shortcutOf(press("e"), document.createElement("button"))).toBe("edit");
});

test("a key that is held moves on, and does nothing else again", () => {
  const held = { repeat: true };
  expect(shortcutOf(press("j", held), document.body)).toBe("next");
  expect(shortcutOf(press("#", held), document.body)).toBeNull();
  expect(shortcutOf(press("x", held), document.body)).toBeNull();
});
