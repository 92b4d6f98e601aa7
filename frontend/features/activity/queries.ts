import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import { resent } from "@/api/retry";
import { ACCOUNT_KEY } from "@/features/account/queries";
import { useNews } from "@/features/live/use-news";

import type { ListedEvent } from "./events";
import { type Filters, queryOf } from "./filters";

export const ACTIVITY_KEY = ["activity"] as const;
const ME = { user_id: "me" };
const PAGE = 50;
const LARGEST_PAGE = 200;
/** Without a live feed. */
const SECONDS_BETWEEN = 5;
/** Pages without a match that one request for more reads, of 2,000 events each. */
const EMPTY_PAGES = 5;

type Query = ReturnType<typeof queryOf>;
type Options = { cursor?: string; limit?: number; signal?: AbortSignal };

function readEvents(query: Query, { cursor, limit = PAGE, signal }: Options = {}) {
  const asked = { ...query, limit, ...(cursor ? { cursor } : {}) };
  return answered(
    api.GET("/api/{user_id}/events", {
      params: { path: ME, query: asked },
      ...(signal ? { signal } : {}),
    }),
  );
}

/** The activity, page by page. A rare kind of event may be far behind: pages without a match are read
 * on, a few at a time. */
export function useActivity(filters: Filters, timezone: string | undefined) {
  const client = useQueryClient();
  const queryKey = [...ACTIVITY_KEY, "list", filters, timezone];
  const live = useNews(() => client.invalidateQueries({ queryKey }));
  return useInfiniteQuery({
    queryKey,
    enabled: timezone !== undefined,
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      let cursor = pageParam ?? undefined;
      for (let page = 1; ; page += 1) {
        const query = queryOf(filters, timezone ?? "UTC");
        const read = await readEvents(query, { ...(cursor ? { cursor } : {}), signal });
        cursor = read.next_cursor;
        if (read.events.length > 0 || cursor === undefined || page === EMPTY_PAGES) return read;
      }
    },
    getNextPageParam: (page) => page.next_cursor ?? null,
    // Several pages are not polled: they are read again when something was undone here, and when the
    // window has the focus.
    refetchInterval: ({ state }) =>
      live || (state.data?.pages.length ?? 0) > 1 ? false : SECONDS_BETWEEN * 1000,
  });
}

/** The latest changes of a task, newest first. */
export const readEventsOfTask = async (task_id: number) =>
  (await readEvents({ task_id }, { limit: LARGEST_PAGE })).events;

/** The latest deletions, newest first. */
export const readDeletions = async () =>
  (await readEvents({ kind: "deleted" }, { limit: LARGEST_PAGE })).events;

export type Range = { client_id: string; first: number; last?: number };
export type Since = { client_id: string; since: string };

/** What an undo of everything since then would do, and the changes in question by their ids. */
export function useDryRun(asked: Since | null) {
  return useQuery({
    queryKey: [...ACTIVITY_KEY, "dry run", asked],
    enabled: asked !== null,
    gcTime: 0,
    retry: false,
    queryFn: async ({ signal }) => {
      const { client_id, since } = asked ?? { client_id: "", since: "" };
      const body = { client_id, since, dry_run: true };
      const [result, { events }] = await Promise.all([
        answered(api.POST("/api/{user_id}/undo", { params: { path: ME }, body, signal })),
        readEvents({ client_id, since }, { limit: LARGEST_PAGE, signal }),
      ]);
      return { ...result, events: new Map(events.map((event) => [event.id, event])) };
    },
  });
}

/** Loads again what an undo may have changed. */
function useReload() {
  const client = useQueryClient();
  return () => {
    // The feed of the tasks brings the changes into the lists.
    for (const key of [ACTIVITY_KEY, ACCOUNT_KEY, ["agents"], ["tasks", "feed"], ["tasks", "one"]])
      void client.invalidateQueries({ queryKey: key });
  };
}

/** Undoes one change. */
export function useUndoEvent() {
  const reload = useReload();
  return useMutation({
    ...resent,
    mutationFn: ({ event, key }: { event: ListedEvent; key: string }) =>
      answered(
        api.POST("/api/{user_id}/events/{event_id}/undo", {
          params: { path: { ...ME, event_id: event.id } },
          headers: { "Idempotency-Key": key },
        }),
      ),
    onSettled: reload,
  });
}

/** Undoes several changes of one client, without those that others have built on. */
export function useUndoMany() {
  const reload = useReload();
  return useMutation({
    ...resent,
    mutationFn: ({ key, ...body }: (Range | Since) & { key: string }) =>
      answered(
        api.POST("/api/{user_id}/undo", {
          params: { path: ME },
          body: { ...body, dry_run: false },
          headers: { "Idempotency-Key": key },
        }),
      ),
    onSettled: reload,
  });
}
