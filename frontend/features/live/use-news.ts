import { useRef } from "react";

import { useLive } from "./use-live";

/** Calls `read` when the live feed opens and when there is a later event than when the last call began,
 * one call at a time. Returns whether the feed is open: poll while it is not. */
export function useNews(read: () => Promise<unknown>): boolean {
  const newest = useRef(-1);
  const known = useRef(-1);
  const reading = useRef(false);
  const readAll = async () => {
    if (reading.current) return;
    reading.current = true;
    while (known.current < newest.current) {
      known.current = newest.current;
      await read().catch(() => undefined);
    }
    reading.current = false;
  };
  return useLive((id) => {
    newest.current = Math.max(newest.current, id);
    void readAll();
  });
}
