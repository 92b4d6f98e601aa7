// @vitest-environment jsdom
import { expect, test, vi } from "vitest";

import type { Schemas } from "@/api/client";

import { commandsUnderTest, complete, milk, problem } from "./commands-under-test";
import { exampleTask } from "./example-task";
import { rowOf } from "./lists";

const all = commandsUnderTest();
const { page, make, changes, kept, told } = all;

const event = (changed: Partial<Schemas["ShownEvent"]>): Schemas["ShownEvent"] => ({
  id: 5,
  subject: "task",
  task_id: 1,
  kind: "updated",
  actor: "person",
  client_id: "page",
  client_name: "Surelist",
  at: "2026-11-22T12:00:00Z",
  after: { completed: true },
  ...changed,
});

test("undo takes back the person's last change in the ledger, after those that are on their way", async () => {
  let answered = false;
  all.server.answer = async ({ method, path }) => {
    if (path.includes("/complete")) {
      await new Promise((done) => setTimeout(done, 50));
      answered = true;
      return { body: exampleTask({ completed: true, status: "completed", version: 5 }) };
    }
    if (method === "POST") return { body: exampleTask({ version: 7 }) };
    if (!path.includes("/events")) return { body: {} };
    expect(answered).toBe(true);
    return { body: { events: [event({ id: 6, actor: "agent" }), event({ id: 5 })] } };
  };
  void make(complete(milk));
  await all.commands.undoLast();
  const undone = changes().filter(({ path }) => path.endsWith("/undo"));
  expect(undone.map(({ path }) => path)).toEqual(["/api/me/events/5/undo"]);
  expect(told().at(-1)).toBe("Undone: completed “Milk”");
});

test("an undo that is refused is not tried again: the next one takes back the change before it", async () => {
  const refused = { ...problem(409), body: { detail: "Claude Code changed the title since." } };
  all.server.answer = ({ method, path }) => {
    if (path.endsWith("/events/6/undo")) return refused;
    if (method === "POST") return { body: exampleTask({ version: 7 }) };
    return { body: path.includes("/events") ? { events: [event({ id: 6 }), event({})] } : {} };
  };
  await all.commands.undoLast();
  expect(told().at(-1)).toMatch(/was not undone\. Claude Code changed the title since\.$/);
  await all.commands.undoLast();
  expect(changes().map(({ path }) => path)).toEqual([
    "/api/me/events/6/undo",
    "/api/me/events/5/undo",
  ]);
});

test("where the person has nothing to undo, the last change of an agent is offered and not undone", async () => {
  const byAgent = event({ id: 6, actor: "agent", client_name: "Claude Code" });
  all.server.answer = ({ method, path }) => {
    if (method === "POST") return Promise.resolve({ body: exampleTask({ version: 7 }) });
    const listed = { events: [{ ...byAgent, title: "Milk" }] };
    return Promise.resolve({ body: path.includes("/events") ? listed : {} });
  };
  await all.commands.undoLast();
  expect(changes()).toEqual([]);
  expect(told()).toEqual(["Nothing of yours is left to undo. Claude Code completed “Milk”"]);
  page.tell.mock.calls[0]?.[0].action?.onPress();
  await vi.waitFor(() =>
    expect(changes().map(({ path }) => path)).toEqual(["/api/me/events/6/undo"]),
  );
});

test("a message loses its undo when the change is undone elsewhere", () => {
  all.commands.noteUndone([event({ id: 8, kind: "undone", undoes: 5 })]);
  expect(page.untell).toHaveBeenCalledExactlyOnceWith(5);
});

test("a change that somebody else had made already offers no undo", async () => {
  all.answers({ body: exampleTask({ completed: true, version: 3 }) });
  await make(complete(milk));
  expect(all.commands.caches.knows(3)).toBe(true);
  expect(page.tell).not.toHaveBeenCalled();
});

test("a task that was deleted for good in a lost call is told as deleted", async () => {
  all.answers(null, problem(404));
  await make({ kind: "purge", task: rowOf(milk) });
  await vi.waitFor(() => expect(told()).toEqual(["“Milk” is deleted for good"]), 3000);
  expect(kept()).toEqual([]);
});
