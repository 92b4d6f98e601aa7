import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";

import { placeIn, withPlace } from "@/features/chat/address";

import { addressOf, type Filters, filtersOf } from "./filters";

/** The filters, which live in the address, and the way to change some of them. */
export function useFilters(): [Filters, (changed: Partial<Filters>) => void] {
  const query = useSearchParams();
  const filters = useMemo(() => filtersOf(new URLSearchParams(query)), [query]);
  const change = useCallback((changed: Partial<Filters>) => {
    const now = filtersOf(new URLSearchParams(window.location.search));
    // Without asking the server: the page is the same.
    const chat = placeIn(new URLSearchParams(window.location.search));
    window.history.replaceState(null, "", withPlace(addressOf({ ...now, ...changed }), chat));
  }, []);
  return [filters, change];
}
