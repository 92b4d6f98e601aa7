import { expect, test } from "vitest";

import { anEvent } from "./an-event";
import { authorOf } from "./events";
import { changesOf, conflictInWords, undoneInWords } from "./fields";

test("a change shows each field before and after", () => {
  const event = anEvent(1, {
    before: { title: "Mlik", due: null, tags: ["a", "b"] },
    after: { title: "Milk", due: "2026-11-23T15:00:00+01:00", tags: [] },
  });
  expect(changesOf(event)).toMatchObject([
    { label: "Title", before: "Mlik", after: "Milk" },
    { label: "Due", before: "", after: "23 Nov 2026, 15:00" },
    { label: "Tags", before: "a, b", after: "" },
  ]);
});

test("what the verb says is not said again", () => {
  expect(changesOf(anEvent(1))).toEqual([]);
  const created = { title: "Milk", description: null, tags: [], completed: false, deleted: false };
  expect(
    changesOf(anEvent(1, { kind: "created", after: { ...created, priority: "low" } })),
  ).toEqual([{ name: "priority", label: "Priority", before: "", after: "low" }]);
});

test("a conflict is explained field by field", () => {
  const event = anEvent(1, {
    before: { title: "A", completed: false },
    after: { title: "B", completed: true },
  });
  const later = [
    anEvent(3, { actor: "person", before: { title: "B" }, after: { title: "C" } }),
    anEvent(2, { before: { completed: true }, after: { completed: false } }),
  ];
  expect(conflictInWords(event, ["title", "status"], later, authorOf)).toEqual([
    "Title was changed since by You: it is now “C”. Undoing would put back “A”.",
    "The status was changed since by Claude Code.",
  ]);
  expect(conflictInWords(event, ["title"], [], authorOf)).toEqual([
    "Title was changed since. Undoing would put back “A”.",
  ]);
});

test("an undo of several changes says how many were undone and left", () => {
  expect(undoneInWords(12, 0)).toBe("12 changes were undone");
  expect(undoneInWords(1, 2)).toBe("1 change was undone, 2 changes were left");
  expect(undoneInWords(0, 1, true)).toBe("Nothing would be undone, 1 change would be left");
});
