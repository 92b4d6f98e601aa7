import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";

import { answered, api } from "@/api/client";
import { ACCOUNT_KEY, readAccount } from "@/features/account/queries";
import { isOfTask, type TaskEvent } from "@/features/activity/events";
import { useLive } from "@/features/live/use-live";

import { taskKey } from "./caches";
import { FEED_KEY } from "./feed";
import type { TaskCommands } from "./task-commands";

/** Without a live feed. */
const SECONDS_BETWEEN = 5;
const AT_ONCE = 200;

const readEvents = (after: number, signal: AbortSignal) =>
  answered(
    api.GET("/api/{user_id}/events", {
      params: { path: { user_id: "me" }, query: { after, limit: AT_ONCE } },
      signal,
    }),
  );

/** Brings what happens elsewhere into the lists, while the page is looked at. `onEvents` is told of
 * what somebody else than this person did. `from` is the last event that the lists know. */
export function useFeed(
  commands: TaskCommands,
  from: number,
  onEvents: (events: TaskEvent[]) => void,
) {
  const client = useQueryClient();
  const live = useLive(useReadUpTo(client));
  useQuery({
    queryKey: FEED_KEY,
    refetchInterval: live ? false : SECONDS_BETWEEN * 1000,
    refetchOnWindowFocus: "always",
    gcTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => {
      const after = client.getQueryData<number>(FEED_KEY) ?? from;
      const { events, next_cursor } = await readEvents(after, signal);
      const last = events.at(-1);
      if (!last) return after;
      const account = await readAccount();
      // First, while the titles of those that leave the list are known.
      onEvents(events.filter(isOfTask).filter((event) => event.actor !== "person"));
      for (const event of events.filter(isOfTask)) {
        void client.invalidateQueries({ queryKey: taskKey(event.task_id) });
      }
      commands.noteUndone(events);
      // In another time zone every due date has another text.
      const known = events.every((event) => isOfTask(event) && commands.caches.knows(event.id));
      if (!known || next_cursor !== undefined) await commands.caches.reload();
      client.setQueryData(ACCOUNT_KEY, account);
      return next_cursor === undefined ? last.id : account.last_event;
    },
  });
}

/** Reads events until the page knows the newest one. Several calls at once read no event twice. */
function useReadUpTo(client: QueryClient) {
  const newest = useRef(0);
  const reading = useRef(false);
  const read = useCallback(async () => {
    if (reading.current) return;
    reading.current = true;
    const known = () => client.getQueryData<number>(FEED_KEY) ?? -1;
    // A read that was under way may have begun before the newest event.
    for (let useless = 0; known() < newest.current && useless < 2;) {
      const before = known();
      await client.refetchQueries({ queryKey: FEED_KEY }, { cancelRefetch: false });
      useless = known() > before ? 0 : useless + 1;
    }
    reading.current = false;
  }, [client]);
  return useCallback(
    (id: number) => {
      newest.current = Math.max(newest.current, id);
      void read();
    },
    [read],
  );
}
