import { expect, test } from "vitest";

import {
  draftOf,
  edited,
  editsOf,
  newTaskOf,
  patchOf,
  tagProblem,
  tooLong,
  withFilter,
  withTag,
} from "./drafts";
import { linesOf } from "./pasted-lines";
import { NO_FILTERS, type Row } from "./filters";

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

test("text that is too long is counted and kept, never cut", () => {
  expect(tooLong("x".repeat(200), 200)).toBeUndefined();
  expect(tooLong("x".repeat(10_001), 10_000)).toContain("10,001 of 10,000 characters");
  expect(tooLong("😀".repeat(200), 200)).toBeUndefined();
  const long = "x".repeat(51);
  expect(withTag([], long)).toEqual([]);
  expect(tagProblem([], long)).toContain("51 of 50");
});

test("pasted lines are tasks without the signs of a list", () => {
  expect(linesOf("- apples\n* pears\r\n\n3. plums\n- [ ] figs\n")).toEqual([
    "apples",
    "pears",
    "plums",
    "figs",
  ]);
  expect(linesOf("-5 degrees")).toEqual(["-5 degrees"]);
});

test("a task that is added to a filtered list gets what the filter asks for", () => {
  const filters = { ...NO_FILTERS, due: "today", tag: "work", priority: "high" } as const;
  const added = withFilter({ ...draft, day: "", priority: "" }, filters, "2026-11-22");
  expect(added).toMatchObject({ day: "2026-11-22", priority: "high", tags: ["home", "work"] });
  expect(withFilter(draft, filters, "2026-11-22")).toMatchObject({
    day: draft.day,
    priority: "low",
  });
});
