import { hashKey, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import { answered, api } from "@/api/client";
import { LIMITS } from "@/api/limits";

import { listKey, taskKey } from "./caches";
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

/** A page of what happened, the newest first. */
export function readEvents(cursor?: string) {
  const query = { limit: LIMITS.page, ...(cursor === undefined ? {} : { cursor }) };
  return answered(api.GET("/api/{user_id}/events", { params: { path: { user_id: "me" }, query } }));
}

/** One task in full: a list cuts long descriptions. */
export function useTask(id: number) {
  return useQuery({
    queryKey: taskKey(id),
    queryFn: () => readTask(id),
    staleTime: 0,
  });
}
