import { useCallback, useState } from "react";

import type { TaskEvent } from "@/features/activity/events";
import { saidOf } from "@/features/activity/words";

const SHOWN_MS = 12_000;

export type Touched = { id: number; said: string };

/** What others did in the last moments, the newest first. */
export function useTouched() {
  const [touched, setTouched] = useState<readonly Touched[]>([]);
  const note = useCallback((events: readonly TaskEvent[]) => {
    if (events.length === 0) return;
    const noted = events
      .map((event) => ({
        id: event.task_id,
        said: saidOf(event),
      }))
      .reverse();
    setTouched((before) => [...noted, ...before].slice(0, 50));
    setTimeout(() => setTouched((now) => now.filter((one) => !noted.includes(one))), SHOWN_MS);
  }, []);
  return [touched, note] as const;
}
