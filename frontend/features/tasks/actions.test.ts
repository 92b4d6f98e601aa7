import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test, vi } from "vitest";

import type { Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";

import { exampleTask } from "./example-task";
import { TaskActions } from "./actions";
import { listKey } from "./caches";
import * as calls from "./calls";
import { EMPTY_DRAFT } from "./drafts";
import { NO_FILTERS } from "./filters";
import { rowOf } from "./lists";
import * as queries from "./queries";

vi.mock("./calls");
vi.mock("./queries");

const problem = (status: number, now: Schemas["WholeTask"] | null = null) =>
  new ApiProblem(status, "unknown", "No.", now, null);
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

const page = {
  tell: vi.fn(),
  untell: vi.fn(),
  askAbout: vi.fn(),
  reopen: vi.fn(),
  added: vi.fn(),
  keepAdd: vi.fn(),
  dropAdd: vi.fn(),
};
let client: QueryClient;
let actions: TaskActions;

beforeEach(() => {
  vi.resetAllMocks();
  client = new QueryClient();
  client.setQueryData(listKey(NO_FILTERS, "2026-11-22"), {
    pages: [{ tasks: [rowOf(exampleTask())] }],
    pageParams: [null],
  });
  actions = new TaskActions(client, page);
});

type Told = { words: string; action?: { label: string; onPress: () => void } };
const lastTold = () => page.tell.mock.lastCall?.[0] as Told;

test("an edit that does not arrive is put back and can be sent again", async () => {
  vi.mocked(calls.patchTask).mockRejectedValueOnce(new TypeError("network"));
  await actions.edit(exampleTask(), { title: "Oat milk" });
  expect(actions.caches.find(1)?.title).toBe("Milk");
  expect(lastTold().action?.label).toBe("Try again");
  vi.mocked(calls.patchTask).mockResolvedValueOnce(exampleTask({ title: "Oat milk", version: 4 }));
  lastTold().action?.onPress();
  await vi.waitFor(() => expect(actions.caches.find(1)?.title).toBe("Oat milk"));
  expect(calls.patchTask).toHaveBeenLastCalledWith(1, { title: "Oat milk" }, 3);
});

test("an edit that is refused can be written again", async () => {
  vi.mocked(calls.patchTask).mockRejectedValueOnce(problem(422));
  await actions.edit(exampleTask(), { title: "Oat milk" });
  lastTold().action?.onPress();
  expect(page.reopen).toHaveBeenCalledWith(exampleTask(), { title: "Oat milk" });
});

test("an edit of what is gone can be added anew", async () => {
  vi.mocked(calls.patchTask).mockRejectedValueOnce(problem(404));
  vi.mocked(calls.addTask).mockResolvedValueOnce(exampleTask({ id: 2, title: "Oat milk" }));
  await actions.edit(exampleTask(), { title: "Oat milk" });
  expect(actions.caches.find(1)).toBeUndefined();
  lastTold().action?.onPress();
  await vi.waitFor(() =>
    expect(calls.addTask).toHaveBeenCalledWith({ title: "Oat milk" }, expect.any(String)),
  );
});

test("what is put back is not older than what came meanwhile", async () => {
  vi.mocked(calls.patchTask).mockRejectedValueOnce(
    problem(409, exampleTask({ title: "Theirs", version: 3 })),
  );
  await actions.edit(exampleTask(), { title: "Oat milk" });
  expect(actions.caches.find(1)?.title).toBe("Theirs");
});

test("undo takes back the person's last change in the ledger, after those that are on their way", async () => {
  const completed = exampleTask({ completed: true, status: "completed", version: 5 });
  let send: () => void = () => undefined;
  const sent = new Promise<typeof completed>((resolve) => (send = () => resolve(completed)));
  vi.mocked(calls.completeTask).mockReturnValueOnce(sent);
  vi.mocked(queries.readEvents).mockResolvedValue({
    events: [event({ id: 6, actor: "agent" }), event({ id: 5 })],
  });
  vi.mocked(calls.undoEvent).mockResolvedValueOnce(exampleTask({ version: 7 }));
  actions.complete(rowOf(exampleTask()), true);
  const undone = actions.undoLast();
  await new Promise((done) => setTimeout(done, 20));
  expect(queries.readEvents).not.toHaveBeenCalled();
  send();
  await undone;
  expect(calls.undoEvent).toHaveBeenCalledExactlyOnceWith(5);
  expect(lastTold().words).toBe("Undone: completed “Milk”");
});

test("a message loses its undo when the change is undone elsewhere", () => {
  actions.noteUndone([event({ id: 8, kind: "undone", undoes: 5 })]);
  expect(page.untell).toHaveBeenCalledExactlyOnceWith(5);
});

test("a change that somebody else had made already offers no undo", async () => {
  vi.mocked(calls.completeTask).mockResolvedValueOnce(exampleTask({ completed: true, version: 3 }));
  actions.complete(rowOf(exampleTask()), true);
  await vi.waitFor(() => expect(actions.caches.knows(3)).toBe(true));
  expect(page.tell).not.toHaveBeenCalled();
});

test("tasks are added in the order in which they were written", async () => {
  const order: string[] = [];
  vi.mocked(calls.addTask).mockImplementation(async ({ title }) => {
    await new Promise((done) => setTimeout(done, title === "First" ? 20 : 0));
    order.push(title);
    return exampleTask({ id: 2, title });
  });
  const adding = ["First", "Second"].map((title) => actions.add({ ...EMPTY_DRAFT, title }));
  await Promise.all(adding);
  expect(order).toEqual(["First", "Second"]);
  expect(page.added).toHaveBeenCalledTimes(2);
});

test("an added task is kept until the server has answered", async () => {
  vi.mocked(calls.addTask).mockRejectedValueOnce(new TypeError("network"));
  await actions.add({ ...EMPTY_DRAFT, title: "Milk" }, "k");
  expect(page.keepAdd).toHaveBeenCalledWith("k", expect.objectContaining({ title: "Milk" }));
  expect(page.dropAdd).not.toHaveBeenCalled();
  vi.mocked(calls.addTask).mockResolvedValueOnce(exampleTask({ id: 2 }));
  lastTold().action?.onPress();
  await vi.waitFor(() => expect(page.dropAdd).toHaveBeenCalledWith("k"));
  expect(calls.addTask).toHaveBeenLastCalledWith({ title: "Milk" }, "k");
});
