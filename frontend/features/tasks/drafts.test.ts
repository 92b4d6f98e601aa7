import { expect, test } from "vitest";

import { draftOf, edited, editsOf, newTaskOf, patchOf, withTag } from "./drafts";
import type { Row } from "./filters";

const row: Row = {
  id: 1,
  title: "Milk",
  completed: false,
  status: "pending",
  version: 3,
  due: "2026-11-23T15:00:00+01:00",
  priority: "low",
  tags: ["home"],
};
const draft = draftOf(row);

test("only what was changed is sent", () => {
  expect(editsOf(draft, { ...draft, title: " Oat milk " })).toEqual({ title: "Oat milk" });
  expect(editsOf(draft, draft)).toEqual({});
});

test("what was emptied is cleared", () => {
  const edits = editsOf(draft, { ...draft, day: "", time: "", priority: "", tags: [] });
  expect(patchOf(edits)).toEqual({ clear: ["due", "priority", "tags"] });
  expect(edited(row, edits)).toEqual({
    id: 1,
    title: "Milk",
    completed: false,
    status: "pending",
    version: 3,
  });
});

test("a title cannot be emptied", () => {
  expect(editsOf(draft, { ...draft, title: "  " })).toEqual({});
});

test("a new task holds what is set, and nothing else", () => {
  expect(newTaskOf({ ...draft, description: "", day: "2026-11-24", time: "" })).toEqual({
    title: "Milk",
    due: "2026-11-24",
    priority: "low",
    tags: ["home"],
  });
});

test("no tag is there twice, whatever its case", () => {
  expect(withTag(["Home"], " #home ")).toEqual(["Home"]);
  expect(withTag(["Home"], "work")).toEqual(["Home", "work"]);
});
