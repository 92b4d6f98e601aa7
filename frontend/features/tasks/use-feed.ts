import { useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import { ACCOUNT_KEY, readAccount } from "@/features/account/queries";

import { taskKey } from "./caches";
import { FEED_KEY, isOfTask, type TaskEvent } from "./feed";
import type { TaskCommands } from "./task-commands";

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
  from: number | null,
  onEvents: (events: TaskEvent[]) => void,
) {
  const client = useQueryClient();
  useQuery({
    queryKey: FEED_KEY,
    enabled: from !== null,
    refetchInterval: SECONDS_BETWEEN * 1000,
    refetchOnWindowFocus: "always",
    gcTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => {
      const after = client.getQueryData<number>(FEED_KEY) ?? from ?? 0;
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
