import { useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import { ACCOUNT_KEY, readAccount } from "@/features/account/queries";

import type { TaskActions } from "./actions";
import { type Event, FEED_KEY, isOfTask, rowAfter, type TaskEvent } from "./feed";
import { rowOf } from "./lists";
import { readTask } from "./queries";

const SECONDS_BETWEEN = 5;
const AT_ONCE = 200;
/** More tasks than this are not asked for one by one: the lists are loaded anew. */
const MOST_READ = 10;

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
  actions: TaskActions,
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
      // In another time zone every due date has another text.
      const reload = next_cursor !== undefined || events.some(isOfAccount);
      if (reload) await actions.caches.reload();
      else await apply(actions, events.filter(isOfTask));
      client.setQueryData(ACCOUNT_KEY, account);
      return next_cursor === undefined ? last.id : account.last_event;
    },
  });
}

const isOfAccount = (event: Event): boolean => event.subject === "account";

async function apply({ caches }: TaskActions, events: readonly TaskEvent[]): Promise<void> {
  const unknown = new Set<number>();
  for (const event of events) {
    const known = caches.find(event.task_id);
    if (known && known.version >= event.id) continue;
    const row = rowAfter(known, event);
    if (row === null) caches.remove(event.task_id);
    else if (row) caches.put(row);
    else unknown.add(event.task_id);
  }
  if (unknown.size > MOST_READ) return caches.reload();
  const read = await Promise.allSettled([...unknown].map((id) => readTask(id)));
  for (const one of read) if (one.status === "fulfilled") caches.put(rowOf(one.value));
}
