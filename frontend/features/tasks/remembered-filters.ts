import { browserStorage } from "@/ui/storage";

import { type Filters, type Sort, usualSort } from "./filters";

/** The filters that the list opens with next time: neither the view nor the search. */
type Remembered = Pick<Filters, "due" | "priority" | "tag"> & { sort: Sort | null };

const keyOf = (person: string) => `surelist.filters.${person}`;

export function rememberFilters(person: string, filters: Filters): void {
  const { view, sort, due, priority, tag } = filters;
  const kept: Remembered = { sort: sort === usualSort(view) ? null : sort, due, priority, tag };
  browserStorage.write(keyOf(person), JSON.stringify(kept));
}

/** The remembered filters as an address names them, or an empty query. */
export function rememberedFilters(person: string): URLSearchParams {
  const query = new URLSearchParams();
  try {
    const kept = JSON.parse(browserStorage.read(keyOf(person)) ?? "{}") as Record<string, unknown>;
    for (const key of ["sort", "due", "priority", "tag"] as const) {
      const value = kept[key];
      if (typeof value === "string") query.set(key, value);
    }
  } catch {
    // something else is stored there
  }
  return query;
}
