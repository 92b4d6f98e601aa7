import { onlineManager, QueryClient, timeoutManager } from "@tanstack/react-query";
import { afterEach, beforeEach, vi } from "vitest";

import type { Schemas } from "@/api/client";
import { PAGE_LOAD } from "@/ui/page-load";

import { type Answer, AnsweringServer, type Call } from "@/api/answering-server";
import { listKey } from "./caches";
import type { Words } from "./commands-page";
import { EMPTY_DRAFT } from "./drafts";
import { exampleTask } from "./example-task";
import { NO_FILTERS } from "./filters";
import { takeOver } from "./kept-commands";
import { rowOf } from "./lists";
import { TaskCommands } from "./task-commands";

type Task = Schemas["WholeTask"];

export const milk = exampleTask();
export const bread = exampleTask({ id: 2, title: "Bread" });

export const add = (title: string) => ({ kind: "add", draft: { ...EMPTY_DRAFT, title } }) as const;
export const edit = (edits: object) => ({ kind: "edit", task: milk, edits, text: null }) as const;
export const complete = (task: Task, completed = true) =>
  ({ kind: "complete", task: rowOf(task), completed }) as const;

export const problem = (status: number, task?: Task, after?: number): Answer => ({
  status,
  headers: after === undefined ? {} : { "Retry-After": String(after) },
  body: { type: "urn:surelist:unknown", detail: "No.", ...(task ? { task } : {}) },
});

/** Longer timers collect what is not used any more. */
const MS_BEFORE_COLLECTED = 60_000;

/** The commands of a page whose list has two tasks, and the server that answers them. */
class CommandsUnderTest {
  server = new AnsweringServer();
  client = new QueryClient();
  /** The times in milliseconds before a call was sent again. */
  waited: number[] = [];
  commands!: TaskCommands;
  readonly page = {
    tell: vi.fn<(words: Words) => void>(),
    untell: vi.fn(),
    askAbout: vi.fn(),
    reopen: vi.fn(),
    rewrite: vi.fn(() => true),
    added: vi.fn(),
  };

  load(): void {
    this.client.unmount();
    this.client = new QueryClient();
    this.client.mount();
    this.client.setQueryData(listKey(NO_FILTERS, "2026-11-22"), {
      pages: [{ tasks: [rowOf(milk), rowOf(bread)] }],
      pageParams: [null],
    });
    this.commands = new TaskCommands(this.client, "ann", this.page);
  }

  /** Loads the page again: what is kept belongs to a load that is gone. */
  reload(): void {
    for (const key of Object.keys(localStorage)) {
      localStorage.setItem(key.replace(PAGE_LOAD, "earlier"), localStorage.getItem(key) ?? "");
      if (key.includes(PAGE_LOAD)) localStorage.removeItem(key);
    }
    this.load();
    const { run } = this.commands;
    takeOver("ann", (command) => void run(command), new AbortController().signal);
  }

  readonly make: TaskCommands["make"] = (change) => this.commands.make(change);

  /** Answers one call after the other. */
  answers(...given: (Answer | ((call: Call) => Answer | Promise<Answer>))[]): void {
    this.server.answer = (call) => {
      if (call.method === "GET") return { body: {} };
      const next = given.length > 0 ? given.shift() : problem(418);
      if (next === undefined) throw new Error("no answer is left");
      return typeof next === "function" ? next(call) : next;
    };
  }

  /** Answers nothing to the next call until the returned function is called with the answer. */
  holds(...then: Answer[]): (answer: Answer) => void {
    let answer: (answer: Answer) => void = () => undefined;
    this.answers(() => new Promise<Answer>((resolve) => (answer = resolve)), ...then);
    return (given) => answer(given);
  }

  changes = () => this.server.changes();
  find = (id: number) => this.commands.caches.find(id);
  kept = () => Object.keys(localStorage).filter((key) => key.includes(".command."));
  told = () => this.page.tell.mock.calls.map(([{ words }]) => words);
  press = () => this.page.tell.mock.lastCall?.[0].action?.onPress();
}

/** For the tests of a file, each with a new server and page. */
export function commandsUnderTest(): CommandsUnderTest {
  const all = new CommandsUnderTest();
  timeoutManager.setTimeoutProvider({
    setTimeout: (callback, milliseconds) => {
      const waits = milliseconds > 0 && milliseconds < MS_BEFORE_COLLECTED;
      if (waits) all.waited.push(milliseconds);
      return setTimeout(callback, waits ? 5 : milliseconds);
    },
    clearTimeout,
    setInterval,
    clearInterval,
  });
  beforeEach(async () => {
    vi.clearAllMocks();
    localStorage.clear();
    all.server = new AnsweringServer();
    await all.server.start();
    all.waited.length = 0;
    all.load();
  });
  afterEach(async () => {
    onlineManager.setOnline(true);
    all.client.unmount();
    await all.server.stop();
  });
  return all;
}
