import { answered, api, type Schemas } from "@/api/client";
import type { Event } from "@/features/activity/events";

import { type Draft, type Edits, edited, newTaskOf, patchOf } from "./drafts";
import type { Row } from "./filters";
import { rowOf } from "./lists";
import { isGone } from "./words";

type Task = Schemas["WholeTask"];

/** A change that the person asks for, of a task as they saw it. It is data, so that it can be kept over a reload and
 * sent again as it was. */
export type Change =
  | { kind: "add"; draft: Draft }
  /** `text` names the kept text that it saves. */
  | { kind: "edit"; task: Task; edits: Edits; text: KeptText | null }
  | { kind: "complete"; task: Row; completed: boolean }
  | { kind: "delete" | "restore" | "purge"; task: Row }
  | { kind: "undo"; task: { id: number }; event: Undoable };

/** An event, as far as words for it need it. */
export type Undoable = Pick<Event, "id" | "kind" | "after">;

/** Unsaved text in the browser's storage, as it was at a time. */
export type KeptText = { key: string; at: number };

export type Command = Change & {
  id: string;
  /** When it was asked for. */
  at: number;
  /** The version of the task that it may change. */
  version: number;
  /** Whether it may have arrived: its call stays the same then. */
  sent?: true;
};

/** The task after a command; null when it is deleted for good. */
export type Answer = Task | Row | null;

export const COMMANDS_KEY = ["tasks", "command"] as const;

/** The id of the task; null for one that is added. */
export const taskOf = (change: Change) => ("task" in change ? change.task.id : null);

/** The row as it will be after the command; null when it leaves the list. `before` is the row now. */
export function rowAfter(change: Change, before: Row | undefined): Row | null | undefined {
  switch (change.kind) {
    case "add":
    case "undo":
      return undefined;
    case "edit":
      return edited(before ?? rowOf(change.task), change.edits);
    case "complete": {
      const { completed } = change;
      const status = completed ? "completed" : "pending";
      return { ...(before ?? change.task), completed, status };
    }
    case "delete":
      return { ...(before ?? change.task), status: "deleted" };
    case "restore":
      return { ...change.task, status: change.task.completed ? "completed" : "pending" };
    case "purge":
      return null;
  }
}

/** Sends a command. The key belongs to the command and its version, so that the same call is made once,
 * however often it is sent. */
export async function send(command: Command): Promise<Answer> {
  const { id, version } = command;
  const user_id = "me";
  const headers = { "Idempotency-Key": `${id}.${version}` };
  const change = {
    params: { path: { user_id, task_id: taskOf(command) ?? 0 } },
    headers: { ...headers, "If-Match": `"${version}"` },
  };
  switch (command.kind) {
    case "add": {
      const body = newTaskOf(command.draft);
      const params = { path: { user_id } };
      return answered(api.POST("/api/{user_id}/tasks", { params, body, headers }));
    }
    case "edit": {
      const body = patchOf(command.edits);
      return answered(api.PATCH("/api/{user_id}/tasks/{task_id}", { ...change, body }));
    }
    case "complete": {
      const body = { completed: command.completed };
      return answered(api.PATCH("/api/{user_id}/tasks/{task_id}/complete", { ...change, body }));
    }
    case "delete": {
      const call = api.DELETE("/api/{user_id}/tasks/{task_id}", change);
      await answered(call);
      const tag = (await call).response.headers.get("ETag") ?? "";
      return { ...command.task, status: "deleted", version: Number.parseInt(tag.slice(1), 10) };
    }
    case "purge": {
      const { params } = change;
      const path = "/api/{user_id}/tasks/{task_id}/permanently";
      await answered(api.DELETE(path, { params, headers })).catch((error: unknown) => {
        if (!isGone(error)) throw error; // else its first answer was lost
      });
      return null;
    }
    case "restore":
      return undoEvent(version, headers);
    case "undo":
      return undoEvent(command.event.id, headers);
  }
}

/** Takes back one event of a task; answers the task as it is then. Undoing twice answers the same. */
export async function undoEvent(event_id: number, headers = {}): Promise<Task> {
  const params = { path: { user_id: "me", event_id } };
  const path = "/api/{user_id}/events/{event_id}/undo";
  const undone = await answered(api.POST(path, { params, headers }));
  if ("event" in undone) throw new TypeError(`change ${event_id} is of no task`);
  return undone;
}
