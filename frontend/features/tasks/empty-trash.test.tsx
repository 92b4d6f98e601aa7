// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { roomUnderTest } from "@/features/room-under-test";

import { EmptyTrash } from "./empty-trash";
import { exampleTask } from "./example-task";
import { rowOf } from "./lists";

const room = roomUnderTest();
const rows = [exampleTask({ version: 9 }), exampleTask({ id: 2, version: 12 })].map(rowOf);
const trash = <EmptyTrash count="2 in the trash" rows={rows} />;

test("the trash is emptied up to the newest change in view, in as many calls as it takes", async () => {
  const answers = [
    { purged: 100, more: true },
    { purged: 1, more: false },
  ];
  room.server.answer = () => ({ body: answers.shift() });
  room.show(trash);
  await room.press("Empty the trash");
  await screen.findByText(/^2 in the trash\. .* cannot be undone\.$/);
  expect(room.server.calls).toEqual([]);
  await room.press("Delete all for good");
  await screen.findAllByText("101 tasks are deleted for good");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(room.server.changes().map(({ path }) => path)).toEqual(
    Array(2).fill("/api/me/trash?up_to=12"),
  );
});

test("Cancel deletes nothing, and a refusal is told", async () => {
  room.server.answer = () => ({ status: 403, body: { detail: "Not allowed." } });
  room.show(trash);
  await room.press("Empty the trash");
  await room.press("Cancel");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(room.server.calls).toEqual([]);
  await room.press("Empty the trash");
  await room.press("Delete all for good");
  await screen.findAllByText("The trash is not empty. Not allowed.");
});
