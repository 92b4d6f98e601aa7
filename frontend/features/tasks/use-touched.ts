import { useCallback, useState } from "react";

import { saidOf, type TaskEvent } from "./feed";

const SHOWN_MS = 12_000;

export type Touched = { id: number; said: string; title: string };

/** What others did in the last moments, the newest first. */
export function useTouched(titleOf: (id: number) => string | undefined) {
  const [touched, setTouched] = useState<readonly Touched[]>([]);
  const note = useCallback(
    (events: readonly TaskEvent[]) => {
      if (events.length === 0) return;
      const noted = events
        .map((event) => ({
          id: event.task_id,
          said: saidOf(event),
          title: event.after?.title ?? titleOf(event.task_id) ?? "a task",
        }))
        .reverse();
      setTouched((before) => [...noted, ...before].slice(0, 50));
      setTimeout(() => setTouched((now) => now.filter((one) => !noted.includes(one))), SHOWN_MS);
    },
    [titleOf],
  );
  return [touched, note] as const;
}
