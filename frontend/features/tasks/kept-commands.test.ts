// @vitest-environment jsdom
import { onlineManager } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";

import { add, bread, commandsUnderTest, complete, edit, milk } from "./commands-under-test";
import { exampleTask } from "./example-task";
import { rowOf } from "./lists";

const all = commandsUnderTest();
const { make, changes, find, kept } = all;

test("without a network nothing is sent, and then everything, also after a reload", async () => {
  onlineManager.setOnline(false);
  void make(add("First"));
  void make(add("Second"));
  void make(complete(milk));
  void make({ kind: "delete", task: rowOf(bread) });
  await vi.waitFor(() => expect(find(2)?.status).toBe("deleted"));
  expect(find(1)?.completed).toBe(true);
  expect(all.client.isMutating()).toBe(4);
  expect(kept()).toHaveLength(4);
  all.reload();
  await vi.waitFor(() => expect(all.client.isMutating()).toBe(4));
  all.server.answer = ({ method, body }) =>
    method === "DELETE"
      ? { status: 204, headers: { ETag: '"4"' } }
      : { body: exampleTask({ version: 5, ...body }) };
  onlineManager.setOnline(true);
  await vi.waitFor(() => expect(kept()).toEqual([]));
  const sent = changes().map(({ method, body }) => [method, body["title"]]);
  expect(sent).toHaveLength(4);
  expect(sent.filter(([method]) => method === "POST")).toEqual([
    ["POST", "First"],
    ["POST", "Second"],
  ]);
});

test("a command whose answer is lost is the same call after a reload", async () => {
  const lose = all.holds();
  void make(complete(milk));
  void make(edit({ title: "Oat milk" }));
  await vi.waitFor(() => expect(changes()).toHaveLength(1));
  all.answers({ body: exampleTask({ completed: true, version: 9 }) }, { body: exampleTask() });
  all.reload();
  await vi.waitFor(() => expect(kept()).toEqual([]));
  lose(null);
  const [first, again, last] = changes();
  expect(again).toEqual(first);
  expect(last).toMatchObject({ version: "9", body: { title: "Oat milk" } });
});

test("a command that may have arrived is never sent as another call", async () => {
  all.server.answer = () => null;
  await make(complete(milk));
  all.answers({ body: exampleTask({ title: "Oat milk", version: 8 }) }, { body: exampleTask() });
  await make(edit({ title: "Oat milk" }));
  all.reload();
  await vi.waitFor(() => expect(kept()).toEqual([]));
  expect(changes().at(-1)).toEqual(changes()[0]);
});

test("what is dropped at sign-out is not sent, and not kept again", async () => {
  onlineManager.setOnline(false);
  const adding = make(add("Milk"));
  localStorage.clear();
  onlineManager.setOnline(true);
  expect(await adding).toBeUndefined();
  expect(changes()).toEqual([]);
  expect(localStorage).toHaveLength(0);
});

test("an entry that cannot be read hides no other, and another person's stays theirs", async () => {
  onlineManager.setOnline(false);
  void make(add("Milk"));
  localStorage.setItem("surelist.command.ann.earlier.broken", "{");
  localStorage.setItem("surelist.command.bob.earlier.x", '{"id":"x","at":1,"kind":"add"}');
  all.reload();
  await vi.waitFor(() => expect(all.client.isMutating()).toBe(1));
});
