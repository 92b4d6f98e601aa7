import { useCallback, useState } from "react";

import type { ListedEvent } from "./events";

/** Changes that an agent made one soon after the other, oldest first. There is at least one. */
export type News = { client_id: string; events: readonly ListedEvent[] };

/** The changes by agents that the person has not dismissed, by client. */
export function useBursts() {
  const [bursts, setBursts] = useState<readonly News[]>([]);
  const note = useCallback((events: readonly ListedEvent[]) => {
    setBursts((shown) => {
      const next = new Map(shown.map((one) => [one.client_id, one.events]));
      for (const event of events.filter(({ actor }) => actor === "agent")) {
        next.set(event.client_id, [...(next.get(event.client_id) ?? []), event]);
      }
      return Array.from(next, ([client_id, all]) => ({ client_id, events: all }));
    });
  }, []);
  const dismiss = useCallback(
    (client_id: string) => setBursts((shown) => shown.filter((one) => one.client_id !== client_id)),
    [],
  );
  return [bursts, note, dismiss] as const;
}
