import { useEffect, useState } from "react";

import { clockIn } from "./dates";

const MINUTE_MS = 60_000;

export type Clock = { day: string; time: string };

/** The day and minute in the account's time zone; null until that is known. */
export function useClock(timezone: string | undefined): Clock | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE_MS / 4);
    return () => clearInterval(timer);
  }, []);
  return timezone === undefined ? null : clockIn(timezone, new Date(now));
}
