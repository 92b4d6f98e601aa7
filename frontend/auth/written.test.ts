// @vitest-environment jsdom
import { afterEach, expect, test } from "vitest";

import { forgetWritten } from "./written";

afterEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

test("only the keys of that person are deleted", async () => {
  const own = ["surelist.draft.ann.1.x", "surelist.chat.ann.draft.new", "surelist.list.ann"];
  const others = ["surelist.draft.bob.1.x", "surelist.draft.ann2.x", "surelist.proof", "ann.x"];
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of [...own, ...others]) storage.setItem(key, "text");
  }
  await forgetWritten("ann");
  for (const storage of [localStorage, sessionStorage]) {
    expect(Object.keys(storage).sort()).toEqual([...others].sort());
  }
});
