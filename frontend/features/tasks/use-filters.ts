import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo } from "react";

import { usePerson } from "@/auth/person";
import { here } from "@/ui/address";

import { changedBy, type Filters, filtersOf, narrowed, withFilters } from "./filters";
import { rememberedFilters, rememberFilters } from "./remembered-filters";
import { replaceAddress } from "./task-address";

/** The filters, which live in the address, and the way to change some of them. Each change is a step
 * that Back takes back; the letters of one search are one step. A list that is opened without
 * filters gets those that were used last. */
export function useFilters(): [Filters, (changed: Partial<Filters>) => void] {
  const person = usePerson().id;
  const query = useSearchParams();
  const filters = useMemo(() => filtersOf(new URLSearchParams(query)), [query]);
  useEffect(() => {
    // Later, because Next.js takes notice of changed addresses only once it is hydrated itself.
    const timer = setTimeout(() => {
      const named = new URLSearchParams(window.location.search);
      if (withFilters("/", filtersOf(named)) !== "/") return;
      const address = withFilters(here(), filtersOf(rememberedFilters(person)));
      if (address !== here()) replaceAddress(address);
    });
    return () => clearTimeout(timer);
  }, [person]);
  const change = useCallback(
    (changed: Partial<Filters>) => {
      const now = filtersOf(new URLSearchParams(window.location.search));
      const next = changedBy(now, changed);
      rememberFilters(person, next);
      const address = withFilters(here(), next);
      if (address === here()) return;
      const typing = now.search !== "" && Object.keys(changed).join() === "search";
      // Without a request to the server: the page is the same.
      if (typing) replaceAddress(address);
      else window.history.pushState(null, "", address);
    },
    [person],
  );
  return [filters, change];
}

/** The number of tasks in the list, in words: "27 open", "3 in the trash", "100+ open, filtered". */
export function countOf(
  filters: Filters,
  rows: number,
  more: boolean,
  counts: Partial<Record<Filters["view"], number>> = {},
): string {
  const all = narrowed(filters) ? undefined : counts[filters.view];
  const number = more ? String(all ?? `${rows}+`) : String(rows);
  const words = { pending: "open", completed: "done", all: "in all", deleted: "in the trash" };
  return `${number} ${words[filters.view]}${narrowed(filters) ? ", filtered" : ""}`;
}
