import type { Schemas } from "@/api/client";
import { LIMITS } from "@/api/limits";

import { addDays } from "./dates";

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

/** The order of a view unless another is chosen: finished and deleted tasks come newest first. */
export function usualSort(view: Filters["view"]): Sort {
  return view === "completed" || view === "deleted" ? "updated" : NO_FILTERS.sort;
}

/** The filters after a change. A view that had its usual order gives way to the order of the next. */
export function changedBy(now: Filters, changed: Partial<Filters>): Filters {
  const next = { ...now, ...changed };
  const usual = changed.sort === undefined && now.sort === usualSort(now.view);
  return usual ? { ...next, sort: usualSort(next.view) } : next;
}

function oneOf<T extends string>(choices: readonly T[], word: string | null): T | null {
  return choices.find((choice) => choice === word) ?? null;
}

/** The filters that an address names; what it does not name, or wrongly, is as without any. */
export function filtersOf(query: URLSearchParams): Filters {
  const view = oneOf(VIEWS, query.get("view")) ?? NO_FILTERS.view;
  return {
    view,
    sort: oneOf(SORTS, query.get("sort")) ?? usualSort(view),
    due: oneOf(DUES, query.get("due")),
    priority: oneOf(PRIORITIES, query.get("priority")),
    tag: query.get("tag")?.trim().slice(0, LIMITS.tag) || null,
    search: (query.get("search") ?? "").slice(0, LIMITS.search),
  };
}

const IN_ADDRESS = ["view", "sort", "due", "priority", "tag", "search"] as const;

/** The same address with these filters, as short as it can be. */
export function withFilters(address: string, filters: Filters): string {
  const [path = "", search = ""] = address.split("?", 2);
  const query = new URLSearchParams(search);
  const usual = { ...NO_FILTERS, sort: usualSort(filters.view) };
  for (const key of IN_ADDRESS) {
    const value = filters[key];
    query.delete(key);
    if (value && value !== usual[key]) query.set(key, value);
  }
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

/** Whether anything is left out of the view. */
export function narrowed(filters: Filters): boolean {
  return Boolean(filters.due ?? filters.priority ?? filters.tag ?? searchedFor(filters));
}

/** Whether it is the trash, with nothing left out. */
export const isWholeTrash = (filters: Filters) => filters.view === "deleted" && !narrowed(filters);

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
