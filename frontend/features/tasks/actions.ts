import type { QueryClient } from "@tanstack/react-query";

import type { Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { clientName } from "@/auth/server/client-name";

import { TaskCaches } from "./caches";
import { addTask, completeTask, deleteTask, patchTask, purgeTask, undoEvent } from "./calls";
import { type Conflict, conflictOf } from "./conflicts";
import { type Draft, draftOf, type Edits, edited, newTaskOf, patchOf } from "./drafts";
import type { Row } from "./filters";
import { rowOf } from "./lists";
import { readChange, readTask } from "./queries";
import { mayPass, newKey, Turns } from "./send";
import { type Taken, UndoStack } from "./undo-stack";
import { quoted, reasonOf } from "./words";

type Task = Schemas["WholeTask"];
type Words = {
  words: string;
  danger?: boolean;
  action?: { label: string; altText: string; onPress: () => void };
};

type Page = {
  /** Says something for a while, or until it is answered where it can be. */
  tell: (words: Words) => void;
  askAbout: (conflict: Conflict) => void;
  /** Opens the form again with what was written in it. */
  reopen: (seen: Task, edits: Edits) => void;
  /** The task of the row that was `from` has got its own id. */
  rename: (from: number, to: number) => void;
};

const LINGERS_MS = 900;

/** What a person does with their tasks: shown at once, sent, and put back when it is refused. */
export class TaskActions {
  readonly caches: TaskCaches;
  private readonly turns = new Turns();
  private readonly taken = new UndoStack();
  private nextTemporary = -1;

  constructor(
    client: QueryClient,
    private readonly page: Page,
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
    const sent = addTask(newTaskOf(draft), key);
    const taken = this.remember(`Added ${quoted(row.title)}`, sent, null);
    sent.then(
      (task) => {
        if (this.caches.find(task.id))
          this.caches.remove(id); // the feed was quicker
        else if (this.caches.find(id)) this.caches.putInPlace(rowOf(task), id);
        else this.caches.put(rowOf(task)); // the list was loaded anew meanwhile
        this.page.rename(id, task.id);
        if (this.caches.leavesOut(task.id)) {
          this.page.tell({ words: `Added ${quoted(task.title)}, which this list leaves out` });
        }
      },
      (error: unknown) => {
        this.taken.drop(taken);
        this.caches.remove(id);
        this.page.tell({
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
    this.change(row, said, (version) => completeTask(row.id, completed, version));
  }

  /** Changes fields of the task that the person saw as `seen`. What others changed meanwhile in
   * other fields stays; where they changed the same, the person is asked. */
  async edit(seen: Task, edits: Edits, version = seen.version): Promise<void> {
    if (Object.keys(edits).length === 0) return;
    const before = this.caches.find(seen.id) ?? rowOf(seen);
    this.caches.putInPlace(edited(before, edits));
    try {
      const task = await this.turns.take(seen.id, version, () =>
        patchTask(seen.id, patchOf(edits), version),
      );
      this.caches.put(rowOf(task));
      if (task.version > Math.max(version, before.version)) {
        this.remember(`Changed ${quoted(task.title)}`, Promise.resolve(task), before);
      }
    } catch (error) {
      const now = error instanceof ApiProblem ? error.task : null;
      if (!now || now.version === version) {
        this.putBack(before, error, this.another(seen, edits, error));
        return;
      }
      this.caches.put(rowOf(now));
      const conflict = conflictOf(seen, edits, now);
      if (conflict.fields.length > 0) {
        this.page.askAbout(conflict);
        return;
      }
      await this.edit({ ...seen, ...now }, edits, now.version);
    }
  }

  remove(row: Row): void {
    this.caches.put({ ...row, status: "deleted" });
    this.change(row, `Moved ${quoted(row.title)} to the trash`, async (version) => {
      await deleteTask(row.id, version);
      return readTask(row.id); // its version is the change that undo takes back
    });
  }

  /** Takes the task out of the trash, as it was before. */
  restore(row: Row): void {
    this.caches.put({ ...row, status: row.completed ? "completed" : "pending" });
    this.change(row, `Restored ${quoted(row.title)}`, (version) => undoEvent(version));
  }

  /** For good, and its past with it. */
  purge(row: Row): void {
    this.caches.remove(row.id);
    purgeTask(row.id).then(
      () => this.page.tell({ words: `${quoted(row.title)} is gone for good` }),
      (error: unknown) => this.putBack(row, error),
    );
  }

  /** Takes back what was done last and still can be. */
  undoLast(): void {
    const last = this.taken.pop();
    if (last) void this.undo(last);
    else this.page.tell({ words: "There is nothing to undo" });
  }

  private async undo(taken: Taken): Promise<void> {
    this.taken.drop(taken);
    const { before, said, sent } = taken;
    if (before) this.caches.put(before);
    const task = await sent.catch(() => null);
    if (!task) return; // it was refused, and is put back already
    if (!before) this.caches.remove(task.id);
    try {
      const change = await readChange(task.id, task.version);
      if (change && change.actor !== "person") {
        this.caches.put(rowOf(task));
        this.page.tell({
          words: `${clientName(change.client_name)} was before you: nothing was undone`,
        });
        return;
      }
      const undone = await this.turns.take(task.id, task.version, () => undoEvent(task.version));
      this.caches.put(rowOf(undone));
      this.page.tell({ words: `Undone: ${said}` });
    } catch (error) {
      this.putBack(rowOf(task), error);
    }
  }

  /** Sends a change that is shown already; afterwards the row is what the server says. */
  private change(row: Row, said: string, send: (version: number) => Promise<Task>): void {
    const sent = this.turns.take(row.id, row.version, send);
    const taken = this.remember(said, sent, row);
    const onPress = () => void this.undo(taken);
    this.page.tell({ words: said, action: { label: "Undo", altText: "Press u to undo", onPress } });
    sent.then(
      (task) => {
        this.caches.putInPlace(rowOf(task));
        // It stays a moment, so that the next one does not slip under the finger.
        setTimeout(() => this.leave(rowOf(task)), LINGERS_MS);
      },
      (error: unknown) => {
        this.taken.drop(taken);
        this.putBack(row, error);
      },
    );
  }

  private leave(row: Row): void {
    const now = this.caches.find(row.id);
    if (!now || now.version <= row.version) this.caches.put(now ?? row);
  }

  private remember(said: string, sent: Promise<Task>, before: Row | null): Taken {
    const taken = { said, sent, before };
    this.taken.push(taken);
    return taken;
  }

  private putBack(row: Row, error: unknown, action?: Words["action"]): void {
    if (isGone(error)) this.caches.remove(row.id);
    else {
      const now = this.caches.find(row.id);
      const known = now && now.version > row.version ? now : row;
      this.caches.put(error instanceof ApiProblem && error.task ? rowOf(error.task) : known);
    }
    const words = `${quoted(row.title)} was not changed. ${reasonOf(error)}`;
    this.page.tell({ words, danger: true, ...(action ? { action } : {}) });
  }

  /** What can be done with an edit that was refused, so that what was written is not lost. */
  private another(seen: Task, edits: Edits, error: unknown): Words["action"] {
    if (isGone(error)) {
      const onPress = () => void this.add(draftOf(edited(seen, edits)));
      return { label: "Add it anew", altText: "Add what you wrote as a new task", onPress };
    }
    if (mayPass(error)) {
      const onPress = () => void this.edit(seen, edits);
      return { label: "Try again", altText: "Save it again", onPress };
    }
    const onPress = () => this.page.reopen(seen, edits);
    return { label: "Edit again", altText: "Open the form with what you wrote", onPress };
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 404 || error.status === 410);
}
