import type { QueryClient } from "@tanstack/react-query";

import type { Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { ACCOUNT_KEY } from "@/features/account/queries";

import type { TaskActionsPage, Words } from "./actions-page";
import { TaskCaches } from "./caches";
import { addTask, completeTask, deleteTask, patchTask, purgeTask, undoEvent } from "./calls";
import { conflictOf } from "./conflicts";
import { type Draft, draftOf, type Edits, edited, newTaskOf, patchOf } from "./drafts";
import type { Event } from "./feed";
import type { Row } from "./filters";
import { rowOf } from "./lists";
import { readLastChange } from "./last-change";
import { mayPass, newKey, Turns } from "./send";
import { UnderWay } from "./under-way";
import { capital, didOf, isGone, quoted, reasonOf } from "./words";

type Task = Schemas["WholeTask"];

const NOTHING = () => undefined;

/** The person's changes of tasks: shown in place at once, sent, and put back if they are refused. */
export class TaskActions {
  readonly caches: TaskCaches;
  private readonly turns = new Turns();
  readonly underWay = new UnderWay();
  private undoing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: QueryClient,
    private readonly page: TaskActionsPage,
  ) {
    this.caches = new TaskCaches(client);
  }

  /** Adds a task. It appears where the server puts it. */
  async add(draft: Draft, key = newKey()): Promise<void> {
    const body = newTaskOf(draft);
    this.page.keepAdd(key, draft);
    try {
      const task = await this.underWay.inOrder(() => addTask(body, key));
      this.page.dropAdd(key);
      this.caches.know(task);
      await this.reload();
      this.page.added(task, this.caches.shows(task.id));
    } catch (error) {
      if (!mayPass(error)) this.page.dropAdd(key);
      const onPress = () => void this.add(draft, key);
      this.page.tell({
        words: `${quoted(body.title)} was not added. ${reasonOf(error)}`,
        danger: true,
        action: { label: "Try again", altText: "Add it again", onPress },
      });
    }
  }

  complete(row: Row, completed: boolean): void {
    const status = completed ? "completed" : "pending";
    void this.change({ ...row, completed, status }, row, (version) =>
      completeTask(row.id, completed, version),
    );
  }

  /** Changes fields of the task that the person saw as `seen`. The changes of others in other fields
   * stay. If they changed the same field, the person is asked. `saved` is called once it is saved. */
  async edit(
    seen: Task,
    edits: Edits,
    saved: () => void = NOTHING,
    version = seen.version,
  ): Promise<void> {
    if (Object.keys(edits).length === 0) {
      saved();
      return;
    }
    const before = this.caches.find(seen.id) ?? rowOf(seen);
    await this.caches.show(edited(before, edits));
    try {
      const send = (now: number) => patchTask(seen.id, patchOf(edits), now);
      this.caches.know(await this.underWay.run(this.turns.take(seen.id, version, send)));
      saved();
      await this.reload();
    } catch (error) {
      const now = error instanceof ApiProblem ? error.task : null;
      if (!now || now.version === version) {
        this.putBack(before, error, this.another(seen, edits, saved, error));
        return;
      }
      this.caches.know(now);
      const conflict = conflictOf(seen, edits, now);
      if (conflict.fields.length > 0) {
        await this.reload();
        this.page.askAbout({ ...conflict, saved });
        return;
      }
      await this.edit({ ...seen, ...now }, edits, saved, now.version);
    }
  }

  remove(row: Row): void {
    const gone = { ...row, status: "deleted" as const };
    void this.change(gone, row, async (version) => ({
      ...gone,
      version: await deleteTask(row.id, version),
    }));
  }

  /** Takes the task out of the trash, as it was before. */
  async restore(row: Row): Promise<boolean> {
    const status = row.completed ? "completed" : "pending";
    return this.change({ ...row, status }, row, (version) => undoEvent(version));
  }

  /** Takes the task out of the trash, then changes it. */
  async restoreAndEdit(now: Task, edits: Edits, saved: () => void): Promise<void> {
    if (await this.restore(rowOf(now))) await this.edit(now, edits, saved);
  }

  /** Deletes the task and its history. */
  async purge(row: Row): Promise<void> {
    this.caches.remove(row.id);
    try {
      await this.underWay.run(purgeTask(row.id));
      await this.reload();
      this.page.tell({ words: `${quoted(row.title)} is deleted for good` });
    } catch (error) {
      this.putBack(row, error);
    }
  }

  /** Undoes the person's last change, as the server has it. */
  async undoLast(): Promise<void> {
    const turn = this.undoing.then(async () => {
      await this.underWay.settled();
      const last = await readLastChange();
      if (last) await this.undo(last);
      else this.page.tell({ words: "There is nothing to undo" });
    });
    this.undoing = turn.catch(() => undefined);
    await turn.catch((error: unknown) =>
      this.page.tell({ words: `Nothing was undone. ${reasonOf(error)}`, danger: true }),
    );
  }

  /** Removes the messages that offer to undo changes which are undone already. */
  noteUndone(events: readonly Event[]): void {
    for (const { undoes } of events) if (undoes !== undefined) this.page.untell(undoes);
  }

  private async undo(change: Pick<Event, "id" | "kind" | "after">): Promise<void> {
    this.page.untell(change.id);
    try {
      const task = await this.underWay.run(undoEvent(change.id));
      this.caches.know(task);
      await this.reload();
      this.page.tell({ words: `Undone: ${didOf(change)} ${quoted(task.title)}` });
    } catch (error) {
      const title = error instanceof ApiProblem ? error.task?.title : undefined;
      const what = title === undefined ? "Nothing" : quoted(title);
      this.page.tell({ words: `${what} was not undone. ${reasonOf(error)}`, danger: true });
      await this.reload();
    }
  }

  /** Shows a change, sends it, and offers to undo it. Returns whether it was made. */
  private async change(
    to: Row,
    from: Row,
    send: (version: number) => Promise<Row | Task>,
  ): Promise<boolean> {
    const showing = this.caches.show(to);
    const sent = this.underWay.run(this.turns.take(from.id, from.version, send));
    try {
      await showing;
      const task = await sent;
      this.caches.knowVersion(task.version);
      if ("created_at" in task) this.caches.know(task);
      else this.caches.putInPlace(task);
      this.offerUndo(to, from, task.version);
      await this.reload();
      return true;
    } catch (error) {
      this.putBack(from, error);
      return false;
    }
  }

  private offerUndo(to: Row, from: Row, version: number): void {
    if (version <= from.version) return; // somebody else had made the same change
    const deleted = to.status === "deleted";
    const kind = deleted ? "deleted" : from.status === "deleted" ? "restored" : "updated";
    const change = { id: version, kind, after: { completed: to.completed } } as const;
    this.page.tell({
      words: capital(`${didOf(change)} ${quoted(from.title)}`),
      event: version,
      action: {
        label: "Undo",
        altText: "Press u to undo",
        onPress: () => void this.undo(change),
      },
    });
  }

  /** Loads the lists and counts again. The feed tries again if that fails. */
  private async reload(): Promise<void> {
    void this.client.invalidateQueries({ queryKey: ACCOUNT_KEY });
    await this.caches.reload().catch(() => undefined);
  }

  private putBack(row: Row, error: unknown, action?: Words["action"]): void {
    const now = error instanceof ApiProblem ? error.task : null;
    if (isGone(error)) this.caches.remove(row.id);
    else if (now) this.caches.know(now);
    else this.caches.putInPlace(row);
    void this.reload();
    const words = `${quoted(row.title)} was not changed. ${reasonOf(error)}`;
    this.page.tell({ words, danger: true, ...(action ? { action } : {}) });
  }

  /** A way to keep the text of an edit that was refused. */
  private another(seen: Task, edits: Edits, saved: () => void, error: unknown): Words["action"] {
    if (isGone(error)) {
      const onPress = () => {
        saved();
        void this.add(draftOf(edited(seen, edits)));
      };
      return { label: "Add it again", altText: "Add what you wrote as a new task", onPress };
    }
    if (mayPass(error)) {
      const onPress = () => void this.edit(seen, edits, saved);
      return { label: "Try again", altText: "Save it again", onPress };
    }
    const onPress = () => this.page.reopen(seen, edits);
    return { label: "Edit again", altText: "Open the task with what you wrote", onPress };
  }
}
