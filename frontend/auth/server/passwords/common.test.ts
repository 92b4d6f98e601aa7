import { expect, test } from "vitest";

import { isCommon } from "./common";

test("a password that everybody tries first is refused, however it is capitalised", () => {
  for (const password of ["1234567890", "qwertyuiop", "Password123", "1q2w3e4r5t", "BASKETBALL"]) {
    expect(isCommon(password, null), password).toBe(true);
  }
});

test("a password made of the words of its own address is refused", () => {
  for (const password of [
    "ann.miller1",
    "Miller2026!",
    "example.com",
    "annmiller99",
    "surelist123",
  ]) {
    expect(isCommon(password, "ann.miller@example.com"), password).toBe(true);
  }
  expect(isCommon("Miller2026!", "bob@example.com")).toBe(false);
});

test("a sentence is a good one, also with a word of the address in it", () => {
  for (const password of ["a sentence is a good one", "miller is a fine old trade", "zb4Xq0!mTT"]) {
    expect(isCommon(password, "ann.miller@example.com"), password).toBe(false);
  }
});
