import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test, vi } from "vitest";

import type { Schemas } from "@/api/client";

import { TaskActions } from "./actions";
import { listKey } from "./caches";
import * as calls from "./calls";
import { EMPTY_DRAFT } from "./drafts";
import { NO_FILTERS } from "./filters";
import { rowOf } from "./lists";

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
