import { expect, test } from "vitest";

import { stepOf } from "./steps";

const call = (tool: string, input: object, output: object) =>
  stepOf({ type: `tool-${tool}`, toolCallId: "a", state: "output-available", input, output });
const task = (title: string, rest: object = {}) => ({ task_id: 1, title, version: 7, ...rest });
const list = (titles: string[], total: number | string = titles.length) => ({
  tasks: titles.map((title, id) => ({ id, title })),
  total,
});

test.each([
  ["add_task", {}, task("Buy milk"), "Added “Buy milk”"],
  ["add_task", {}, task("Buy milk", { repeated: true }), "“Buy milk” is on the list already"],
  ["complete_task", {}, task("Call mom"), "Completed “Call mom”"],
  ["delete_task", {}, task("Old"), "Moved “Old” to the trash"],
  ["list_tasks", {}, list(["A", "B", "C"]), "Looked at 3 tasks"],
  ["list_tasks", {}, list(["A"]), "Looked at 1 task"],
  ["list_tasks", {}, list([]), "Looked at the list: nothing there"],
  ["list_tasks", {}, list(["A", "B"], "1000+"), "Looked at 2 of 1000+ tasks"],
  ["list_tasks", { task_id: 1 }, list(["Buy milk"]), "Looked at “Buy milk”"],
  ["list_tasks", { search: "milk" }, list(["A", "B"]), "Searched for “milk”: 2 tasks"],
  ["list_tasks", { search: "milk" }, list([]), "Searched for “milk”: nothing"],
  ["list_tasks", {}, { truncated: true, beginning: "{" }, "Looked at the list"],
  ["update_task", {}, task("A", { changed: ["due"] }), "Changed the due date of “A”"],
  [
    "update_task",
    {},
    task("A", { changed: ["title", "due", "tags"] }),
    "Changed the title, the due date and the tags of “A”",
  ],
  ["update_task", {}, task("A", { changed: [] }), "“A” is like that already"],
  ["update_task", { status: "pending" }, task("A", { changed: ["status"] }), "Opened “A” again"],
  ["update_task", { status: "completed" }, task("A", { changed: ["status"] }), "Completed “A”"],
  ["update_task", { undo: 3 }, task("A", { changed: ["due"] }), "Undid a change of “A”"],
  ["made_up", {}, { anything: 1 }, "Called made_up"],
])("%s %j is told in words", (tool, input, output, words) => {
  expect(call(tool, input, output)).toMatchObject({ words, state: "done" });
});

test("a step has the event that it made", () => {
  expect(call("add_task", {}, task("A")).event).toBe(7);
  expect(call("list_tasks", {}, list(["A"])).event).toBeNull();
});

test("a refusal shows the reason without the advice for the model", () => {
  const errorText = "There is no task 9. List the tasks to find the one meant.";
  const part = { type: "tool-complete_task", toolCallId: "a", state: "output-error" } as const;
  expect(stepOf({ ...part, errorText })).toEqual({
    words: "Completing a task was refused: There is no task 9.",
    state: "refused",
    event: null,
  });
  expect(stepOf({ ...part, errorText: "" }).words).toContain("It did not say why.");
  expect(stepOf({ ...part, errorText: "no full stop" }).words).toContain("no full stop");
});

test("one that has not answered is under way", () => {
  const part = { toolCallId: "a", state: "input-available", input: null } as const;
  expect(stepOf({ type: "tool-add_task", ...part })).toEqual({
    words: "Adding a task …",
    state: "open",
    event: null,
  });
  expect(stepOf({ type: "tool-x", ...part }).words).toBe("Calling x …");
});

test("a call that the model made up is described as well as possible", () => {
  for (const output of [null, 3, "text", [], { title: 4, tasks: {}, changed: "no" }]) {
    for (const tool of ["add_task", "list_tasks", "update_task", "complete_task"]) {
      expect(call(tool, {}, output as object).words).not.toMatch(/undefined|object/);
    }
  }
});
