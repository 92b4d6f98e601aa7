import { useSearchParams } from "next/navigation";
import { useMemo } from "react";

import { type Place, placeIn, withPlace } from "./address";

/** The chat's place in the address, or null if the chat is closed. */
export function usePlace(): Place | null {
  const query = useSearchParams();
  return useMemo(() => placeIn(new URLSearchParams(query)), [query]);
}

/** Goes to a place, as a new entry in the browser's history or in place of the current one. */
export function goTo(place: Place | null, { inPlace = false } = {}): void {
  const { pathname, search } = window.location;
  const address = withPlace(pathname + search, place);
  if (address === pathname + search) return;
  // Without a request to the server: the page is the same.
  if (inPlace) window.history.replaceState(null, "", address);
  else window.history.pushState(null, "", address);
}
