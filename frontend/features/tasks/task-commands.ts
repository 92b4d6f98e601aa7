import {
  MutationObserver,
  type MutationObserverOptions,
  type QueryClient,
} from "@tanstack/react-query";

import type { Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { mayPass, resent } from "@/api/retry";
import { ACCOUNT_KEY } from "@/features/account/queries";
import type { Event } from "@/features/activity/events";
import { capital, didOf, quoted } from "@/features/activity/words";

import { TaskCaches } from "./caches";
import {
  type Answer,
  type Change,
  type Command,
  COMMANDS_KEY,
  rowAfter,
  send,
  taskOf,
  type Undoable,
} from "./commands";
import { type Conflict, conflictOf } from "./conflicts";
import { draftOf, edited } from "./drafts";
import type { Row } from "./filters";
import { dropText } from "./kept-drafts";
import { commandOf, dropCommand, keepCommand, keptCommand, moveOn } from "./kept-commands";
import { type CommandsPage, failureOf, undoableOf, type Words } from "./commands-page";
import { isGone, reasonOf } from "./words";

type Task = Schemas["WholeTask"];

/** The person's commands: each is shown in place at once, kept until it is answered, sent in the order
 * of its task, and put back if it is refused. */
export class TaskCommands {
  readonly caches: TaskCaches;
  /** The changes whose undo was refused, such as by a later change of the same field. */
  private readonly refusedUndos = new Set<number>();

  constructor(
    private readonly client: QueryClient,
    private readonly person: string,
    private readonly page: CommandsPage,
  ) {
    this.caches = new TaskCaches(client);
  }

  /** Resolves with the answer, or undefined if there is none. Never rejects. */
  make(change: Change): Promise<Answer | undefined> {
    const same = change.kind === "edit" && Object.keys(change.edits).length === 0;
    if (same) dropText(change.text);
    return same ? Promise.resolve(change.task) : this.run(commandOf(change));
  }

  /** Sends a command, or sends it again. */
  readonly run = (command: Command): Promise<Answer | undefined> => {
    keepCommand(this.person, command);
    return this.mutate<Answer, Row>({
      mutationKey: COMMANDS_KEY,
      // Those of one task, and those that add tasks, go one after the other.
      scope: { id: `task ${taskOf(command) ?? "new"}` },
      mutationFn: () => this.send(command.id),
      onMutate: () => this.show(command),
      onSuccess: (answer: Answer) => this.done(command, answer),
      onError: (error, _, before) => this.failed(command, error, before),
    });
  };

  /** Undoes the person's last change, as the server has it, once those before are answered. Where there
   * is none, offers to undo that of somebody else. */
  async undoLast(): Promise<void> {
    await this.mutate({
      scope: { id: "undo" },
      mutationFn: async () => {
        await this.settled();
        const { undoLastChange } = await import("./last-change");
        const undo = (task: { id: number }, event: Undoable) =>
          this.make({ kind: "undo", task, event });
        await undoLastChange(this.page.tell, undo, this.refusedUndos);
      },
      onError: (error) =>
        this.page.tell({ words: `Nothing was undone. ${reasonOf(error)}`, danger: true }),
    });
  }

  /** Removes the messages that offer to undo changes which are undone already. */
  noteUndone(events: readonly Event[]): void {
    for (const { undoes } of events) if (undoes !== undefined) this.page.untell(undoes);
  }

  /** Starts a mutation that goes on without this page, and is sent again. Never rejects. */
  private mutate<Data, Before = unknown>(
    options: MutationObserverOptions<Data, Error, void, Before | undefined>,
  ): Promise<Data | undefined> {
    const observer = new MutationObserver(this.client, { ...resent, ...options });
    return observer
      .mutate()
      .catch(() => undefined)
      .finally(() => observer.reset());
  }

  /** Resolves when all commands of now have an answer. */
  private settled(): Promise<unknown> {
    const pending = { mutationKey: COMMANDS_KEY, status: "pending" } as const;
    const mutations = this.client.getMutationCache().findAll(pending);
    return Promise.allSettled(mutations.map((mutation) => mutation.continue()));
  }

  private async show(command: Command): Promise<Row | undefined> {
    const before = this.caches.find(taskOf(command) ?? 0);
    if (command.kind === "undo") this.page.untell(command.event.id);
    const after = rowAfter(command, before);
    if (after === null && before) this.caches.remove(before.id);
    if (after) await this.caches.show(after);
    return before;
  }

  /** Others may have changed the task since the person saw it: an edit of other fields goes on. */
  private async send(id: string, merged = false): Promise<Answer> {
    const kept = keptCommand(this.person, id);
    if (!kept) throw new Error("The command was dropped.");
    const command: Command = { ...kept, sent: true };
    keepCommand(this.person, command);
    try {
      const answer = await send(command);
      if (answer) moveOn(this.person, answer.id, answer.version, merged);
      return answer;
    } catch (error) {
      const conflict = this.conflictIn(command, error);
      if (!conflict || conflict.fields.length > 0 || command.kind !== "edit") throw error;
      const { now } = conflict;
      const task = { ...command.task, ...now };
      keepCommand(this.person, { ...command, task, version: now.version });
      return this.send(id, true);
    }
  }

  /** What the person wanted of a task that somebody else has changed. */
  private conflictIn(command: Command | null, error: unknown): Conflict | null {
    const now = error instanceof ApiProblem ? error.task : null;
    if (command?.kind !== "edit" || !now || now.version === command.version) return null;
    const { task: seen, edits, text } = command;
    return { ...conflictOf(seen, edits, now), text };
  }

  private done(command: Command, answer: Answer): void {
    dropCommand(this.person, command.id);
    if (answer) this.caches.knowVersion(answer.version);
    const task = answer && "created_at" in answer ? answer : null;
    if (task) this.caches.know(task);
    else if (answer) this.caches.putInPlace(answer);
    if (command.kind === "edit") dropText(command.text);
    if (command.kind === "undo")
      this.page.tell({ words: `Undone: ${didOf(command.event)} ${quoted(task?.title ?? "")}` });
    if (answer) this.offerUndo(command, answer);
    void this.reload().then(() => {
      if (command.kind === "add" && task) this.page.added(task, this.caches.shows(task.id));
      if (command.kind === "purge")
        this.page.tell({ words: `${quoted(command.task.title)} is deleted for good` });
    });
  }

  private offerUndo(command: Command, { id, title, version }: Row | Task): void {
    const event = undoableOf(command, version);
    if (!event || version <= command.version) return; // somebody else had made the same change
    const onPress = () => void this.make({ kind: "undo", task: { id }, event });
    this.page.tell({
      words: capital(`${didOf(event)} ${quoted(title)}`),
      event: version,
      action: { label: "Undo", altText: "Press u to undo", onPress },
    });
  }

  private failed(command: Command, error: Error, before: Row | undefined): void {
    const kept = keptCommand(this.person, command.id);
    if (!kept) return; // dropped at sign-out
    const refused = error instanceof ApiProblem && error.status !== 401 && !mayPass(error);
    // The text of a task that was not added is nowhere else.
    if (refused && command.kind !== "add") dropCommand(this.person, command.id);
    const now = error instanceof ApiProblem ? error.task : null;
    if (isGone(error)) this.caches.remove(taskOf(command) ?? 0);
    else if (now) this.caches.know(now);
    else if (before) this.caches.putInPlace(before);
    void this.reload();
    const conflict = this.conflictIn(kept, error);
    if (conflict) {
      this.page.askAbout(conflict);
      return;
    }
    if (refused && command.kind === "undo") this.refusedUndos.add(command.event.id);
    const later = refused ? "" : " It is kept, and sent again after a reload.";
    const words = `${failureOf(command, now)}. ${reasonOf(error)}${later}`;
    const action = refused ? this.wayOn(command, error) : this.again(kept);
    this.page.tell({ words, danger: true, ...(action ? { action } : {}) });
  }

  private again(command: Command): Words["action"] {
    const altText = command.kind === "add" ? "Add it again" : "Send it again";
    return { label: "Try again", altText, onPress: () => void this.run(command) };
  }

  /** A way to keep the text that was refused. */
  private wayOn(command: Command, error: Error): Words["action"] {
    if (command.kind === "add") {
      const onPress = () => {
        if (this.page.rewrite(command.draft)) dropCommand(this.person, command.id);
        else
          this.page.tell({
            words: "Add or clear what you are writing first.",
            danger: true,
            action,
          });
      };
      const altText = "Put it into the field again";
      const action = { label: "Edit again", altText, onPress };
      return action;
    }
    if (command.kind !== "edit") return undefined;
    const { task: seen, edits, text } = command;
    if (isGone(error)) {
      const onPress = () => {
        dropText(text);
        void this.make({ kind: "add", draft: draftOf(edited(seen, edits)) });
      };
      return { label: "Add it again", altText: "Add what you wrote as a new task", onPress };
    }
    const onPress = () => this.page.reopen(seen, edits);
    return { label: "Edit again", altText: "Open the task with what you wrote", onPress };
  }

  /** Loads the lists and counts again. The feed tries again if that fails. */
  private async reload(): Promise<void> {
    void this.client.invalidateQueries({ queryKey: ACCOUNT_KEY });
    await this.caches.reload().catch(() => undefined);
  }
}
