"use client";

import { useEffect, useState } from "react";

type WorkingNowProps = {
  /** For how long it stands. */
  ms: number;
  /** The time of the last call; now if it is not given. */
  since?: string;
};

const leftOf = (ms: number, since?: string) =>
  since === undefined ? ms : Math.min(ms, Date.parse(since) + ms - Date.now());

/** Stands for a while after an agent's call. Give it the call as its key. */
export function WorkingNow({ ms, since }: WorkingNowProps) {
  const [shown, setShown] = useState(() => leftOf(ms, since) > 0);
  useEffect(() => {
    const timer = setTimeout(() => setShown(false), Math.max(0, leftOf(ms, since)));
    return () => clearTimeout(timer);
  }, [ms, since]);
  return shown ? <span className="block text-xs text-accent">Working now</span> : null;
}
