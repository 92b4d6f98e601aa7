import type { Schemas } from "@/api/client";

import { addDays } from "./dates";
import { compareTasks } from "./order";

export type Row = Schemas["TaskRow"];
export type Priority = NonNullable<Row["priority"]>;

export const PRIORITIES = ["high", "medium", "low"] as const satisfies readonly Priority[];
export const VIEWS = ["pending", "completed", "all", "deleted"] as const;
export const SORTS = ["due", "priority", "title", "updated", "created"] as const;
/** Days, each with what is older: `overdue` ends yesterday. */
export const DUES = ["overdue", "today", "week"] as const;

export type Sort = (typeof SORTS)[number];

export type Filters = {
  view: (typeof VIEWS)[number];
  sort: Sort;
  due: (typeof DUES)[number] | null;
  priority: Priority | null;
  tag: string | null;
  search: string;
};

export const NO_FILTERS: Filters = {
  view: "pending",
  sort: "due",
  due: null,
  priority: null,
  tag: null,
  search: "",
};

function oneOf<T extends string>(choices: readonly T[], word: string | null): T | null {
  return choices.find((choice) => choice === word) ?? null;
}

/** The filters that an address names; what it does not name, or wrongly, is as without any. */
export function filtersOf(query: URLSearchParams): Filters {
  return {
    view: oneOf(VIEWS, query.get("view")) ?? NO_FILTERS.view,
    sort: oneOf(SORTS, query.get("sort")) ?? NO_FILTERS.sort,
    due: oneOf(DUES, query.get("due")),
    priority: oneOf(PRIORITIES, query.get("priority")),
    tag: query.get("tag")?.trim().slice(0, 50) || null,
    search: (query.get("search") ?? "").slice(0, 200),
  };
}

/** The address of the list with these filters, as short as it can be. */
export function addressOf(filters: Filters): string {
  const query = new URLSearchParams();
  for (const key of ["view", "sort", "due", "priority", "tag", "search"] as const) {
    const value = filters[key];
    if (value && value !== NO_FILTERS[key]) query.set(key, value);
  }
  return query.size > 0 ? `/?${query.toString()}` : "/";
}

/** Whether anything is left out of the view. */
export function narrowed(filters: Filters): boolean {
  return Boolean(filters.due ?? filters.priority ?? filters.tag ?? searchedFor(filters));
}

/** What to search for, if anything. */
function searchedFor({ search }: Filters): string | undefined {
  return search.trim() || undefined;
}

function lastDayDue(due: Filters["due"], today: string): string | null {
  if (!due) return null;
  return addDays(today, { overdue: -1, today: 0, week: 6 }[due]);
}

/** What to ask the API; `today` is the account's. */
export function queryOf(filters: Filters, today: string) {
  const lastDay = lastDayDue(filters.due, today);
  const search = searchedFor(filters);
  return {
    status: filters.view,
    sort: filters.sort,
    ...(search ? { search } : {}),
    ...(filters.tag ? { tag: filters.tag } : {}),
    ...(filters.priority ? { priority: filters.priority } : {}),
    ...(lastDay ? { due_before: lastDay } : {}),
  };
}

/** Whether only the API can tell what belongs into the list: words and tags are compared there. */
export function isSought(filters: Filters): boolean {
  return Boolean(filters.tag ?? searchedFor(filters));
}

/** Whether a task may belong into the list, by all that the page can compare: not its words and
 * tags. */
export function matches(row: Row, filters: Filters, today: string): boolean {
  const { view, priority } = filters;
  if (view === "all" ? row.status === "deleted" : row.status !== view) return false;
  if (priority && row.priority !== priority) return false;
  const lastDay = lastDayDue(filters.due, today);
  return !lastDay || (row.due !== undefined && row.due.slice(0, 10) <= lastDay);
}

/** Where a task that comes anew goes among the loaded ones. One that belongs behind them all, where
 * more is to come, goes first, so that it is seen. */
export function placeFor(row: Row, rows: readonly Row[], sort: Sort, more: boolean): number {
  const index = rows.findIndex((other) => compareTasks(row, other, sort) < 0);
  if (index >= 0) return index;
  return more ? 0 : rows.length;
}
