import type { QueryClient } from "@tanstack/react-query";

import type { Schemas } from "@/api/client";

import type { Filters, Row } from "./filters";
import {
  findRow,
  type Loaded,
  rowOf,
  rowsOf,
  withoutPagesBehind,
  withoutRow,
  withRowInPlace,
} from "./lists";

export const LISTS_KEY = ["tasks", "list"] as const;

export function listKey(filters: Filters, today: string) {
  return [...LISTS_KEY, filters, today] as const;
}

export const taskKey = (id: number) => ["tasks", "one", id] as const;

/** How long a row stays after a change, so that the next one does not slip under the finger. */
const LINGERS_MS = 900;
/** Rows behind the last one in view that are asked for again with it. */
const BEHIND = 100;
const VERSIONS_KEPT = 1000;

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** The loaded lists. The server decides what they hold and in which order: a change shows in the
 * place of its row, and then the lists are loaded again. */
export class TaskCaches {
  private inView = 0;
  private heldUntil = 0;
  private readonly versions = new Set<number>();

  constructor(private readonly client: QueryClient) {}

  /** Notes the number of rows down to the last one in view. */
  readonly noteInView = (rows: number): void => {
    this.inView = rows;
  };

  find(id: number): Row | undefined {
    for (const [, loaded] of this.client.getQueriesData<Loaded>({ queryKey: LISTS_KEY })) {
      const row = findRow(loaded, id);
      if (row) return row;
    }
    return undefined;
  }

  /** The tags of all loaded tasks, by name. */
  tags(): string[] {
    const lists = this.client.getQueriesData<Loaded>({ queryKey: LISTS_KEY });
    const rows = lists.flatMap(([, loaded]) => rowsOf(loaded));
    return [...new Set(rows.flatMap((row) => row.tags ?? []))].sort();
  }

  /** Whether the list in view is loaded and has that task. */
  shows(id: number): boolean {
    const active = this.client.getQueryCache().findAll({ queryKey: LISTS_KEY, type: "active" });
    return active.some(({ state }) => findRow(state.data as Loaded | undefined, id));
  }

  /** Shows a change before the server has it. An answer that is on its way would take it back. */
  async show(row: Row): Promise<void> {
    this.heldUntil = Date.now() + LINGERS_MS;
    await this.client.cancelQueries({
      queryKey: LISTS_KEY,
      predicate: ({ state }) => state.data !== undefined,
    });
    this.putInPlace(row);
  }

  /** The task as the server has just answered it. */
  know(task: Schemas["WholeTask"]): void {
    this.knowVersion(task.version);
    this.client.setQueryData(taskKey(task.id), task);
    const now = this.find(task.id);
    if (!now || now.version <= task.version) this.putInPlace(rowOf(task));
  }

  /** Remembers that an event is this page's own. */
  knowVersion(version: number): void {
    this.versions.add(version);
    if (this.versions.size > VERSIONS_KEPT) {
      const [oldest] = this.versions;
      if (oldest !== undefined) this.versions.delete(oldest);
    }
  }

  knows(version: number): boolean {
    return this.versions.has(version);
  }

  putInPlace(row: Row): void {
    this.change((loaded) => withRowInPlace(loaded, row));
  }

  remove(id: number): void {
    this.change((loaded) => withoutRow(loaded, id));
  }

  /** Loads all lists again, once rows have lingered. Rejects if that fails. */
  async reload(): Promise<void> {
    for (let left = this.left(); left > 0; left = this.left()) await wait(left);
    this.change((loaded) => withoutPagesBehind(loaded, this.inView + BEHIND));
    await this.client.invalidateQueries({ queryKey: LISTS_KEY }, { throwOnError: true });
  }

  private left(): number {
    return this.heldUntil - Date.now();
  }

  private change(how: (loaded: Loaded) => Loaded): void {
    for (const [key, loaded] of this.client.getQueriesData<Loaded>({ queryKey: LISTS_KEY })) {
      if (!loaded) continue;
      const next = how(loaded);
      if (next !== loaded) this.client.setQueryData<Loaded>(key, next);
    }
  }
}
