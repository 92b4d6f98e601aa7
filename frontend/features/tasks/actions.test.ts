import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test, vi } from "vitest";

import type { Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";

import { TaskActions } from "./actions";
import { listKey } from "./caches";
import * as calls from "./calls";
import { EMPTY_DRAFT } from "./drafts";
import { NO_FILTERS } from "./filters";
import { rowOf } from "./lists";
import * as queries from "./queries";

vi.mock("./calls");
vi.mock("./queries");

const task = (changed: Partial<Schemas["WholeTask"]> = {}): Schemas["WholeTask"] => ({
  id: 1,
  title: "Milk",
  completed: false,
  status: "pending",
  version: 3,
  created_at: "2026-11-22T12:00:00Z",
  updated_at: "2026-11-22T12:00:00Z",
  ...changed,
});
const problem = (status: number, now: Schemas["WholeTask"] | null = null) =>
  new ApiProblem(status, "unknown", "No.", now, null);
const change = (actor: "person" | "agent") =>
  ({ actor, client_name: "Claude Code" }) as Schemas["ShownEvent"];

const page = { tell: vi.fn(), askAbout: vi.fn(), reopen: vi.fn(), rename: vi.fn() };
let client: QueryClient;
let actions: TaskActions;

beforeEach(() => {
  vi.resetAllMocks();
  client = new QueryClient();
  client.setQueryData(listKey(NO_FILTERS, "2026-11-22"), {
    pages: [{ tasks: [rowOf(task())] }],
    pageParams: [null],
  });
  actions = new TaskActions(client, page);
});

type Told = { words: string; action?: { label: string; onPress: () => void } };
const lastTold = () => page.tell.mock.lastCall?.[0] as Told;

test("an edit that does not arrive is put back and can be sent again", async () => {
  vi.mocked(calls.patchTask).mockRejectedValueOnce(new TypeError("network"));
  await actions.edit(task(), { title: "Oat milk" });
  expect(actions.caches.find(1)?.title).toBe("Milk");
  expect(lastTold().action?.label).toBe("Try again");
  vi.mocked(calls.patchTask).mockResolvedValueOnce(task({ title: "Oat milk", version: 4 }));
  lastTold().action?.onPress();
  await vi.waitFor(() => expect(actions.caches.find(1)?.title).toBe("Oat milk"));
  expect(calls.patchTask).toHaveBeenLastCalledWith(1, { title: "Oat milk" }, 3);
});

test("an edit that is refused can be written again", async () => {
  vi.mocked(calls.patchTask).mockRejectedValueOnce(problem(422));
  await actions.edit(task(), { title: "Oat milk" });
  lastTold().action?.onPress();
  expect(page.reopen).toHaveBeenCalledWith(task(), { title: "Oat milk" });
});

test("an edit of what is gone can be added anew", async () => {
  vi.mocked(calls.patchTask).mockRejectedValueOnce(problem(404));
  vi.mocked(calls.addTask).mockResolvedValueOnce(task({ id: 2, title: "Oat milk" }));
  await actions.edit(task(), { title: "Oat milk" });
  expect(actions.caches.find(1)).toBeUndefined();
  lastTold().action?.onPress();
  expect(calls.addTask).toHaveBeenCalledWith({ title: "Oat milk" }, expect.any(String));
});

test("what is put back is not older than what came meanwhile", async () => {
  vi.mocked(calls.patchTask).mockImplementationOnce(() => {
    actions.caches.put(rowOf(task({ title: "Theirs", version: 9 })));
    return Promise.reject(problem(503));
  });
  await actions.edit(task(), { title: "Oat milk" });
  expect(actions.caches.find(1)?.title).toBe("Theirs");
});

test("undo takes back what the person did, and nothing that an agent had done before", async () => {
  const completed = task({ completed: true, status: "completed", version: 5 });
  vi.mocked(calls.completeTask).mockResolvedValue(completed);
  vi.mocked(queries.readChange).mockResolvedValueOnce(change("agent"));
  actions.complete(rowOf(task()), true);
  actions.undoLast();
  await vi.waitFor(() => expect(lastTold().words).toContain("Claude Code was before you"));
  expect(calls.undoEvent).not.toHaveBeenCalled();

  vi.mocked(queries.readChange).mockResolvedValueOnce(change("person"));
  vi.mocked(calls.undoEvent).mockResolvedValueOnce(task({ version: 6 }));
  actions.complete(rowOf(task()), true);
  actions.undoLast();
  await vi.waitFor(() => expect(calls.undoEvent).toHaveBeenCalledWith(5));
});

test("a task that is added while the list is loaded anew is shown", async () => {
  vi.mocked(calls.addTask).mockResolvedValueOnce(task({ id: 2, version: 4 }));
  actions.caches.remove(actions.add({ ...EMPTY_DRAFT, title: "Milk" }));
  await vi.waitFor(() => expect(actions.caches.find(2)).toBeDefined());
});

test("a task that gets its number tells which row it was", async () => {
  vi.mocked(calls.addTask).mockResolvedValueOnce(task({ id: 2, version: 4 }));
  const id = actions.add({ ...EMPTY_DRAFT, title: "Milk" });
  await vi.waitFor(() => expect(page.rename).toHaveBeenCalledWith(id, 2));
});
