import { hashKey, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import { answered, api } from "@/api/client";

import { listKey } from "./caches";
import { type Filters, queryOf } from "./filters";

const PAGE = 100;

/** The list, page by page. What changes later comes by the feed, so that it is not asked again. */
export function useTaskList(filters: Filters, today: string | null) {
  const list = useInfiniteQuery({
    queryKey: listKey(filters, today ?? ""),
    enabled: today !== null,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET("/api/{user_id}/tasks", {
          params: {
            path: { user_id: "me" },
            query: {
              ...queryOf(filters, today ?? ""),
              limit: PAGE,
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? null,
    // At midnight the list of yesterday is shown until that of today is there.
    placeholderData: (before, query) =>
      query && hashKey([query.queryKey[2]]) === hashKey([filters]) ? before : undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  /** Asks for the next page, unless that has failed: then it is for the person to try again. */
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  return [list, loadMore] as const;
}

export function readTask(id: number) {
  return answered(
    api.GET("/api/{user_id}/tasks/{task_id}", {
      params: { path: { user_id: "me", task_id: id } },
    }),
  );
}

/** The change that gave the task this version. */
export async function readChange(task: number, version: number) {
  const query = { task_id: task, after: version - 1, limit: 1 };
  const { events } = await answered(
    api.GET("/api/{user_id}/events", { params: { path: { user_id: "me" }, query } }),
  );
  return events[0];
}

/** One task in full: a list cuts long descriptions. */
export function useWholeTask(id: number, version: number) {
  return useQuery({
    queryKey: ["tasks", "one", id, version],
    queryFn: () => readTask(id),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
