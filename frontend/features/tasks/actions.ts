import type { QueryClient } from "@tanstack/react-query";

import { answered, api, type Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";

import { TaskCaches } from "./caches";
import { type Conflict, conflictOf } from "./conflicts";
import { type Draft, type Edits, edited, newTaskOf, patchOf } from "./drafts";
import type { Row } from "./filters";
import { rowOf } from "./lists";
import { readTask } from "./queries";
import { newKey, sendOnce, Turns } from "./send";
import { type Taken, UndoStack } from "./undo-stack";
import { quoted, reasonOf } from "./words";

type Task = Schemas["WholeTask"];
type Words = {
  words: string;
  danger?: boolean;
  action?: { label: string; altText: string; onPress: () => void };
};

const LINGERS_MS = 900;
const params = (id: number) => ({ path: { user_id: "me", task_id: id } });
const match = (version: number) => ({ "If-Match": `"${version}"` });

/** What a person does with their tasks: shown at once, sent, and put back when it is refused. */
export class TaskActions {
  readonly caches: TaskCaches;
  private readonly turns = new Turns();
  private readonly taken = new UndoStack();
  private nextTemporary = -1;

  constructor(
    client: QueryClient,
    private readonly tell: (words: Words) => void,
    private readonly askAbout: (conflict: Conflict) => void,
  ) {
    this.caches = new TaskCaches(client);
  }

  /** Adds a task. Answers the id of its row until it has one of its own. */
  add(draft: Draft, key = newKey()): number {
    const { due, ...body } = newTaskOf(draft);
    const id = this.nextTemporary--;
    const row: Row = {
      ...body,
      ...(due ? { due } : {}),
      id,
      completed: false,
      status: "pending",
      version: 0,
    };
    this.caches.put(row);
    sendOnce(
      (headers) =>
        answered(
          api.POST("/api/{user_id}/tasks", {
            params: { path: { user_id: "me" } },
            body: newTaskOf(draft),
            headers,
          }),
        ),
      { key },
    ).then(
      (task) => {
        if (this.caches.find(task.id))
          this.caches.remove(id); // the feed was quicker
        else this.caches.putInPlace(rowOf(task), id);
        this.remember(`Added ${quoted(task.title)}`, task, null);
      },
      (error: unknown) => {
        this.caches.remove(id);
        this.tell({
          words: `${quoted(row.title)} was not added. ${reasonOf(error)}`,
          danger: true,
          action: {
            label: "Try again",
            altText: "Add it again",
            onPress: () => void this.add(draft, key),
          },
        });
      },
    );
    return id;
  }

  complete(row: Row, completed: boolean): void {
    const status = completed ? "completed" : "pending";
    this.caches.putInPlace({ ...row, completed, status });
    const said = `${completed ? "Completed" : "Reopened"} ${quoted(row.title)}`;
    this.change(row, said, (version) =>
      sendOnce((headers) =>
        answered(
          api.PATCH("/api/{user_id}/tasks/{task_id}/complete", {
            params: params(row.id),
            body: { completed },
            headers: { ...headers, ...match(version) },
          }),
        ),
      ),
    );
  }

  /** Changes fields of the task that the person saw as `seen`. What others changed meanwhile in
   * other fields stays; where they changed the same, the person is asked. */
  async edit(seen: Task, edits: Edits, version = seen.version): Promise<void> {
    if (Object.keys(edits).length === 0) return;
    const before = this.caches.find(seen.id) ?? rowOf(seen);
    this.caches.putInPlace(edited(before, edits));
    try {
      const task = await this.sendEdit(seen.id, edits, version);
      this.caches.put(rowOf(task));
      this.remember(`Changed ${quoted(task.title)}`, task, before, false);
    } catch (error) {
      const now = error instanceof ApiProblem ? error.task : null;
      if (!now || now.version === version) {
        this.putBack(before, error);
        return;
      }
      this.caches.put(rowOf(now));
      const conflict = conflictOf(seen, edits, now);
      if (conflict.fields.length > 0) {
        this.askAbout(conflict);
        return;
      }
      await this.edit({ ...seen, ...now }, edits, now.version);
    }
  }

  remove(row: Row): void {
    this.caches.put({ ...row, status: "deleted" });
    this.change(row, `Moved ${quoted(row.title)} to the trash`, async (version) => {
      await sendOnce((headers) =>
        answered(
          api.DELETE("/api/{user_id}/tasks/{task_id}", {
            params: params(row.id),
            headers: { ...headers, ...match(version) },
          }),
        ),
      );
      return readTask(row.id); // its version is the change that undo takes back
    });
  }

  /** Takes the task out of the trash, as it was before. */
  restore(row: Row): void {
    this.caches.put({ ...row, status: row.completed ? "completed" : "pending" });
    this.change(row, `Restored ${quoted(row.title)}`, (version) => this.sendUndo(version));
  }

  /** For good, and its past with it. */
  purge(row: Row): void {
    this.caches.remove(row.id);
    sendOnce((headers) =>
      answered(
        api.DELETE("/api/{user_id}/tasks/{task_id}/permanently", {
          params: params(row.id),
          headers,
        }),
      ),
    ).then(
      () => this.tell({ words: `${quoted(row.title)} is gone for good` }),
      (error: unknown) => this.putBack(row, error),
    );
  }

  /** Takes back what was done last and still can be. */
  undoLast(): void {
    const last = this.taken.pop();
    if (last) void this.undo(last);
    else this.tell({ words: "There is nothing to undo" });
  }

  private async undo(taken: Taken): Promise<void> {
    this.taken.drop(taken);
    const { task, before } = taken;
    if (before) this.caches.put(before);
    else this.caches.remove(task.id);
    try {
      this.caches.put(
        rowOf(await this.turns.take(task.id, task.version, () => this.sendUndo(task.version))),
      );
      this.tell({ words: `Undone: ${taken.said}` });
    } catch (error) {
      this.putBack(rowOf(task), error);
    }
  }

  /** Sends a change that is shown already; afterwards the row is what the server says. */
  private change(row: Row, said: string, send: (version: number) => Promise<Task>): void {
    this.turns.take(row.id, row.version, send).then(
      (task) => {
        this.caches.putInPlace(rowOf(task));
        this.remember(said, task, row);
        // It stays a moment, so that the next one does not slip under the finger.
        setTimeout(() => this.leave(rowOf(task)), LINGERS_MS);
      },
      (error: unknown) => this.putBack(row, error),
    );
  }

  private leave(row: Row): void {
    const now = this.caches.find(row.id);
    if (!now || now.version <= row.version) this.caches.put(now ?? row);
  }

  private sendEdit(id: number, edits: Edits, version: number): Promise<Task> {
    return this.turns.take(id, version, () =>
      sendOnce((headers) =>
        answered(
          api.PATCH("/api/{user_id}/tasks/{task_id}", {
            params: params(id),
            body: patchOf(edits),
            headers: { ...headers, ...match(version) },
          }),
        ),
      ),
    );
  }

  private sendUndo(event: number): Promise<Task> {
    return sendOnce((headers) =>
      answered(
        api.POST("/api/{user_id}/events/{event_id}/undo", {
          params: { path: { user_id: "me", event_id: event } },
          headers,
        }),
      ),
    );
  }

  private remember(said: string, task: Task, before: Row | null, shown = true): void {
    const taken = { said, task, before };
    this.taken.push(taken);
    if (!shown || !before) return;
    const onPress = () => void this.undo(taken);
    this.tell({ words: said, action: { label: "Undo", altText: "Press u to undo", onPress } });
  }

  private putBack(row: Row, error: unknown): void {
    if (error instanceof ApiProblem && (error.status === 404 || error.status === 410)) {
      this.caches.remove(row.id);
    } else {
      this.caches.put(error instanceof ApiProblem && error.task ? rowOf(error.task) : row);
    }
    this.tell({ words: `${quoted(row.title)} was not changed. ${reasonOf(error)}`, danger: true });
  }
}
