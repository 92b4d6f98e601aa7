import { useEffect, useRef, useState } from "react";

import { usePerson } from "@/auth/person";

/** Calls `onNewest` with the id of the newest event of the person's ledger when the live feed opens,
 * with every change and with every heartbeat. Returns whether the feed is open: poll while it is not. */
export function useLive(onNewest: (id: number) => void): boolean {
  const person = usePerson().id;
  const [open, setOpen] = useState(false);
  const tell = useRef(onNewest);
  useEffect(() => void (tell.current = onNewest));
  useEffect(() => {
    const stop = new AbortController();
    const listener = {
      onNewest: (id: number) => {
        setOpen(true);
        tell.current(id);
      },
      onLost: () => setOpen(false),
    };
    import("./shared-stream").then(
      ({ listenTogether }) => {
        if (!stop.signal.aborted) listenTogether(person, listener, stop.signal);
      },
      () => undefined, // without that code, the page polls
    );
    return () => stop.abort();
  }, [person]);
  return open;
}
