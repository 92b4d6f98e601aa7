import { useSearchParams } from "next/navigation";
import { useMemo } from "react";

import { withTask } from "@/features/tasks/task-address";
import { here } from "@/ui/address";

import { type Place, placeIn, withPlace } from "./address";

/** The chat's place in the address, or null if the chat is closed. */
export function usePlace(): Place | null {
  const query = useSearchParams();
  return useMemo(() => placeIn(new URLSearchParams(query)), [query]);
}

type Going = {
  /** In place of the current entry of the browser's history. */
  inPlace?: boolean;
  /** Closes the open task, which would cover the chat. */
  uncovered?: boolean;
};

/** Goes to a place. */
export function goTo(
  place: Place | null,
  { inPlace = false, uncovered = false }: Going = {},
): void {
  const address = withPlace(uncovered ? withTask(here(), null) : here(), place);
  if (address === here()) return;
  // Without a request to the server: the page is the same.
  if (inPlace) window.history.replaceState(null, "", address);
  else window.history.pushState(null, "", address);
}
