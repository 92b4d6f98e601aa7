// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { roomUnderTest } from "@/features/room-under-test";

import type { Answer, Entry, Said } from "./entries";
import { Transcript } from "./transcript";

const room = roomUnderTest();

const on = { onEdit: vi.fn(), onRetry: vi.fn() };
beforeEach(() => vi.clearAllMocks());

const said = (id: number, text: string, by: string | null = null): Said => ({
  kind: "said",
  key: `m${String(id)}`,
  id,
  by,
  text,
});

const answer = (id: number, text: string, changed: Partial<Answer> = {}): Answer => ({
  kind: "answer",
  key: `m${String(id)}`,
  id,
  by: null,
  to: id - 1,
  parts: [{ type: "text", text }],
  failure: null,
  changes: new Map(),
  live: false,
  ...changed,
});

const show = (entries: Entry[], closed = false) =>
  room.show(<Transcript entries={entries} conversation={1} closed={closed} {...on} />);

test("only the last own message can be edited, and none while nothing can be sent", async () => {
  const entries = [said(1, "First"), answer(2, "Yes"), said(3, "Second"), answer(4, "No")];
  show(entries);
  expect(screen.getAllByRole("button", { name: "Edit" })).toHaveLength(1);
  await room.press("Edit");
  expect(on.onEdit).toHaveBeenCalledExactlyOnceWith(entries[2]);
});

test("nothing is edited or retried while a turn is running", () => {
  show(
    [said(1, "First"), answer(2, "", { failure: { words: "It failed.", stopped: false } })],
    true,
  );
  expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Retry" })).toBeNull();
});

test("a failed answer says why, and is tried again", async () => {
  const question = said(1, "First");
  show([question, answer(2, "", { failure: { words: "The model is busy.", stopped: false } })]);
  screen.getByText("The model is busy.");
  await room.press("Retry");
  expect(on.onRetry).toHaveBeenCalledExactlyOnceWith(question);
});

test("the message of an agent is marked as its own, and cannot be edited", () => {
  show([said(1, "Remember the milk", "Cursor")]);
  screen.getByText("Through Cursor");
  expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
});

test("what a model writes loads no image and runs no markup", () => {
  const text = "![x](https://evil.example/a.png) <img src=y onerror=alert(1)> **bold**";
  show([said(1, "Hello"), answer(2, text)]);
  expect(document.querySelector("img")).toBeNull();
  expect(screen.getByText("bold").tagName).toBe("STRONG");
});

test("an earlier wording is folded away", () => {
  const folded: Entry = { kind: "folded", key: "f", entries: [said(1, "Frist"), answer(2, "?")] };
  show([folded, said(3, "First")]);
  expect(screen.getByText("Earlier wording").closest("details")?.open).toBe(false);
});
