import type { InfiniteData } from "@tanstack/react-query";

import type { Schemas } from "@/api/client";

import { type Filters, matches, placeFor, type Row } from "./filters";
import { compareTasks } from "./order";

export type Loaded = InfiniteData<Schemas["TaskPage"]>;

const ROW_DESCRIPTION = 200;
const NOT_IN_A_ROW = new Set([
  "created_at",
  "updated_at",
  "completed_at",
  "deleted_at",
  "description_truncated",
]);

/** A whole task as a list has it. */
export function rowOf(task: Schemas["WholeTask"]): Row {
  const row = Object.fromEntries(
    Object.entries(task).filter(([field]) => !NOT_IN_A_ROW.has(field)),
  ) as unknown as Row;
  if ((row.description?.length ?? 0) <= ROW_DESCRIPTION) return row;
  return {
    ...row,
    description: Array.from(row.description ?? "")
      .slice(0, ROW_DESCRIPTION)
      .join(""),
    description_truncated: true,
  };
}

/** All that is loaded, each once: one that was put first may come again with its own page. */
export function rowsOf(loaded: Loaded | undefined): Row[] {
  const rows = new Map<number, Row>();
  for (const page of loaded?.pages ?? []) {
    for (const row of page.tasks) if (!rows.has(row.id)) rows.set(row.id, row);
  }
  return [...rows.values()];
}

export function findRow(loaded: Loaded | undefined, id: number): Row | undefined {
  return rowsOf(loaded).find((row) => row.id === id);
}

export function hasMore(loaded: Loaded): boolean {
  return loaded.pages.at(-1)?.next_cursor !== undefined;
}

function mapTasks(loaded: Loaded, change: (tasks: Row[]) => Row[]): Loaded {
  const pages = loaded.pages.map((page) => {
    const tasks = change(page.tasks);
    return tasks === page.tasks ? page : { ...page, tasks };
  });
  return pages.every((page, index) => page === loaded.pages[index]) ? loaded : { ...loaded, pages };
}

export function withoutRow(loaded: Loaded, id: number): Loaded {
  return mapTasks(loaded, (tasks) =>
    tasks.some((row) => row.id === id) ? tasks.filter((row) => row.id !== id) : tasks,
  );
}

/** The row in the place of the one that has this id, wherever that stands. */
export function withRowInPlace(loaded: Loaded, row: Row, id = row.id): Loaded {
  return mapTasks(loaded, (tasks) =>
    tasks.some((one) => one.id === id) ? tasks.map((one) => (one.id === id ? row : one)) : tasks,
  );
}

function insertAt(loaded: Loaded, row: Row, place: number): Loaded {
  let before = 0;
  const last = loaded.pages.length - 1;
  const pages = loaded.pages.map((page, index) => {
    const from = before;
    before += page.tasks.length;
    const here = place >= from && (place < before || (index === last && place <= before));
    return here ? { ...page, tasks: page.tasks.toSpliced(place - from, 0, row) } : page;
  });
  return { ...loaded, pages };
}

/** The list with the task as it is now: in its place, come in or gone, by what the list holds. */
export function withRow(loaded: Loaded, row: Row, filters: Filters, today: string): Loaded {
  if (!matches(row, filters, today)) return withoutRow(loaded, row.id);
  const known = findRow(loaded, row.id);
  if (known && compareTasks(known, row, filters.sort) === 0) return withRowInPlace(loaded, row);
  const others = known ? withoutRow(loaded, row.id) : loaded;
  const place = placeFor(row, rowsOf(others), filters.sort, hasMore(others));
  return insertAt(others, row, place);
}
