// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { commandsUnderTest } from "./commands-under-test";
import { ConflictDialog } from "./conflict-dialog";
import { exampleTask } from "./example-task";
import { PasteDialog } from "./paste-dialog";

const all = commandsUnderTest();

afterEach(cleanup);

const press = async (name: string) => fireEvent.click(await screen.findByRole("button", { name }));

test("a change of a task in the trash restores it first, and changes what that made", async () => {
  const now = exampleTask({ status: "deleted", version: 7 });
  const conflict = { now, edits: { title: "Mine" }, fields: ["title" as const], text: null };
  all.answers(
    { body: exampleTask({ version: 8 }) },
    { body: exampleTask({ title: "Mine", version: 9 }) },
  );
  const answered = vi.fn();
  const { commands } = all;
  render(
    <ConflictDialog
      conflict={conflict}
      commands={commands}
      onAnswered={answered}
      onEdit={vi.fn()}
    />,
  );
  await press("Restore with my change");
  expect(answered).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(all.changes()).toHaveLength(2));
  expect(all.changes()).toMatchObject([
    { method: "POST", path: "/api/me/events/7/undo" },
    { method: "PATCH", path: "/api/me/tasks/1", version: "8", body: { title: "Mine" } },
  ]);
});

test("what was written can be edited again instead", async () => {
  const now = exampleTask({ title: "Theirs", version: 7 });
  const conflict = { now, edits: { title: "Mine" }, fields: ["title" as const], text: null };
  const edit = vi.fn();
  const { commands } = all;
  render(
    <ConflictDialog conflict={conflict} commands={commands} onAnswered={vi.fn()} onEdit={edit} />,
  );
  await press("Edit mine again");
  const draft = expect.objectContaining({ title: "Mine" }) as unknown;
  expect(edit).toHaveBeenCalledExactlyOnceWith({ seen: now, draft });
  expect(all.changes()).toEqual([]);
});

test("pasted lines are several tasks, or one with a description", async () => {
  const add = vi.fn();
  render(<PasteDialog text={"- apples\n- pears\n- plums"} onAdd={add} onCancel={vi.fn()} />);
  await press("Add 3 tasks");
  const titles = ["apples", "pears", "plums"];
  expect(add).toHaveBeenLastCalledWith(titles.map((title) => ({ title })));
  await press("One task with a description");
  expect(add).toHaveBeenLastCalledWith([{ title: "apples", description: "pears\nplums" }]);
});
