// @vitest-environment jsdom
import { fireEvent, screen } from "@testing-library/react";
import { createRef } from "react";
import { beforeEach, expect, test, vi } from "vitest";

import { LIMITS } from "@/api/limits";
import { roomUnderTest } from "@/features/room-under-test";

import { draftOf } from "./drafts";
import { exampleTask } from "./example-task";
import { TaskForm, type TaskFormProps } from "./task-form";

const room = roomUnderTest();

const on = {
  onWrite: vi.fn(),
  onDrop: vi.fn(),
  onSave: vi.fn(),
  onClose: vi.fn(),
  onDelete: vi.fn(),
  onRestore: vi.fn(),
};
beforeEach(() => vi.clearAllMocks());

const milk = exampleTask({ description: "Two litres" });

const show = (changed: Partial<TaskFormProps> = {}) =>
  room.show(
    <TaskForm
      task={milk}
      kept={null}
      titleRef={createRef()}
      today="2026-11-22"
      {...on}
      {...changed}
    />,
  );

/** Text that was kept for the task, as an earlier visit saw it. */
const keptFrom = (seen = milk) => ({
  key: "draft-1",
  at: 1,
  seen,
  draft: { ...draftOf(seen), title: "Oat milk" },
});

const title = () => screen.getByLabelText<HTMLInputElement>("Title");

test("only the changed fields are saved, and then the panel closes", async () => {
  show();
  await room.fill("Title", "Oat milk");
  await room.press("Save");
  expect(on.onSave).toHaveBeenCalledExactlyOnceWith(milk, { title: "Oat milk" });
  expect(on.onClose).toHaveBeenCalledOnce();
});

test("what is written is kept with each change, until it is discarded", async () => {
  show();
  await room.fill("Title", "Oat milk");
  expect(on.onWrite).toHaveBeenLastCalledWith({
    seen: milk,
    draft: { ...draftOf(milk), title: "Oat milk" },
  });
  screen.getByText(/^Your changes are not saved yet\./);
  await room.press("Discard my changes");
  expect(on.onDrop).toHaveBeenCalledOnce();
  expect(title().value).toBe("Milk");
});

test.each([
  ["  ", /needs a title/],
  ["x".repeat(LIMITS.title + 1), /characters/],
])(
  "a title that cannot be saved stays, with the reason, and has the focus",
  async (text, reason) => {
    show();
    await room.fill("Title", text);
    await room.press("Save");
    screen.getByText(reason, { selector: "[role=alert]" });
    expect(title().value).toBe(text);
    expect(document.activeElement).toBe(title());
    expect(on.onSave).not.toHaveBeenCalled();
  },
);

test("Ctrl+Enter saves from the description", async () => {
  show();
  await room.fill("Description", "Three litres");
  fireEvent.keyDown(screen.getByLabelText("Description"), { key: "Enter", ctrlKey: true });
  expect(on.onSave).toHaveBeenCalledExactlyOnceWith(milk, { description: "Three litres" });
});

test("text from an earlier visit is shown with what became of the task meanwhile", () => {
  const now = exampleTask({ ...milk, version: 9, status: "completed", completed: true });
  show({ task: now, kept: keptFrom() });
  expect(title().value).toBe("Oat milk");
  screen.getByText(/^This task was completed meanwhile\. Your changes are not saved yet\./);
});

test("a task in the trash is read, and restored", async () => {
  const trashed = exampleTask({ status: "deleted" });
  show({ task: trashed });
  screen.getByText("This task is in the trash.");
  expect(title().matches(":disabled")).toBe(true);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
  expect(screen.queryByRole("button", { name: "Delete" })).toBeNull();
  await room.press("Restore");
  expect(on.onRestore).toHaveBeenCalledExactlyOnceWith(trashed);
});

test("text for a task that was deleted meanwhile can still be changed and saved", async () => {
  const trashed = exampleTask({ ...milk, status: "deleted", version: 9 });
  show({ task: trashed, kept: keptFrom() });
  screen.getByText(/^This task was moved to the trash meanwhile\./);
  await room.press("Save");
  expect(on.onSave).toHaveBeenCalledExactlyOnceWith(milk, { title: "Oat milk" });
});
