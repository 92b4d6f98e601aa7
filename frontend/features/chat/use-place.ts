import { useSearchParams } from "next/navigation";
import { useMemo } from "react";

import { type Place, placeIn, withPlace } from "./address";

/** What the address says that the chat shows; null where it is closed. */
export function usePlace(): Place | null {
  const query = useSearchParams();
  return useMemo(() => placeIn(new URLSearchParams(query)), [query]);
}

/** Goes to a place by a step of the browser's history, or in the place of the last step. */
export function goTo(place: Place | null, { inPlace = false } = {}): void {
  const { pathname, search } = window.location;
  const address = withPlace(pathname + search, place);
  if (address === pathname + search) return;
  // Without asking the server: the page is the same.
  if (inPlace) window.history.replaceState(null, "", address);
  else window.history.pushState(null, "", address);
}
