import type { InfiniteData } from "@tanstack/react-query";

import type { Schemas } from "@/api/client";

import type { Row } from "./filters";

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

/** The row in the place of the one with its id. */
export function withRowInPlace(loaded: Loaded, row: Row): Loaded {
  return mapTasks(loaded, (tasks) =>
    tasks.some((one) => one.id === row.id)
      ? tasks.map((one) => (one.id === row.id ? row : one))
      : tasks,
  );
}

/** The list without the pages behind the one with that many rows. */
export function withoutPagesBehind(loaded: Loaded, rows: number): Loaded {
  let before = 0;
  const needed = loaded.pages.findIndex((page) => (before += page.tasks.length) >= rows) + 1;
  if (needed === 0 || needed === loaded.pages.length) return loaded;
  return { pages: loaded.pages.slice(0, needed), pageParams: loaded.pageParams.slice(0, needed) };
}
