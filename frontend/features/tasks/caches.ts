import type { QueryClient } from "@tanstack/react-query";

import { type Filters, isSought, matches, type Row } from "./filters";
import { findRow, type Loaded, rowsOf, withoutRow, withRow, withRowInPlace } from "./lists";

export const LISTS_KEY = ["tasks", "list"] as const;

type ListKey = readonly ["tasks", "list", Filters, string];

export function listKey(filters: Filters, today: string): ListKey {
  return [...LISTS_KEY, filters, today];
}

/** The tasks that the page has, in all lists that it has loaded. */
export class TaskCaches {
  constructor(private readonly client: QueryClient) {}

  find(id: number): Row | undefined {
    for (const [, loaded] of this.client.getQueriesData<Loaded>({ queryKey: LISTS_KEY })) {
      const row = findRow(loaded, id);
      if (row) return row;
    }
    return undefined;
  }

  /** The tags of all tasks that are loaded, by name. */
  tags(): string[] {
    const lists = this.client.getQueriesData<Loaded>({ queryKey: LISTS_KEY });
    const rows = lists.flatMap(([, loaded]) => rowsOf(loaded));
    return [...new Set(rows.flatMap((row) => row.tags ?? []))].sort();
  }

  /** Whether the list that is looked at is loaded and has no such task. */
  leavesOut(id: number): boolean {
    const looked = this.client.getQueryCache().findAll({ queryKey: LISTS_KEY, type: "active" });
    const loaded = looked.map(({ state }) => state.data as Loaded | undefined);
    return loaded.some(Boolean) && !loaded.some((list) => findRow(list, id));
  }

  /** The task as it is now: it comes into the lists that it belongs to, and leaves the others. A list
   * that is searched is asked for anew where the task may have come into it. */
  put(row: Row): void {
    this.change((loaded, filters, today) => {
      if (!isSought(filters)) return withRow(loaded, row, filters, today);
      if (!matches(row, filters, today)) return withoutRow(loaded, row.id);
      if (!findRow(loaded, row.id) && row.id > 0) this.ask(listKey(filters, today));
      return withRowInPlace(loaded, row);
    });
  }

  /** The row where one with this id is, even where it does not belong any more. */
  putInPlace(row: Row, id = row.id): void {
    this.change((loaded) => withRowInPlace(loaded, row, id));
  }

  remove(id: number): void {
    this.change((loaded) => withoutRow(loaded, id));
  }

  /** Asks for all lists anew; what is shown stays until they come. Rejects when they do not. */
  async reload(): Promise<void> {
    await this.client.invalidateQueries({ queryKey: LISTS_KEY }, { throwOnError: true });
  }

  private ask(key: ListKey): void {
    void this.client.invalidateQueries({ queryKey: key, exact: true });
  }

  private change(how: (loaded: Loaded, filters: Filters, today: string) => Loaded): void {
    for (const [key, loaded] of this.client.getQueriesData<Loaded>({ queryKey: LISTS_KEY })) {
      if (!loaded) continue;
      const [, , filters, today] = key as unknown as ListKey;
      const next = how(loaded, filters, today);
      if (next !== loaded) this.client.setQueryData<Loaded>(key, next);
    }
  }
}
