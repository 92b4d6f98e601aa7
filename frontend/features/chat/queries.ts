import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";

import { answered, api, type Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { resent } from "@/api/retry";

import type { Message } from "./entries";

export type Conversation = Schemas["ShownConversation"];
type Status = "kept" | "deleted";

const ALL = ["conversations"] as const;

export const conversationKeys = {
  lists: [...ALL, "list"] as const,
  one: (id: number) => [...ALL, id] as const,
};

const ME = { user_id: "me" } as const;
const PAGE = 30;
const MESSAGES = 50;
/** How often to look for messages of agents and other tabs. */
const SECONDS_BETWEEN = 5;

const of = (id: number) => ({ path: { ...ME, conversation_id: id } });

/** Whether the chat has a model; the error of the query says how to set one. */
export function useChatModel() {
  return useQuery({
    queryKey: ["chat", "model"],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/{user_id}/chat", { params: { path: ME }, signal })),
    staleTime: 60_000,
    retry: (failures, error) =>
      failures < 2 && !(error instanceof ApiProblem && error.kind === "chat_not_set_up"),
  });
}

export const isNotSetUp = (error: Error | null) =>
  error instanceof ApiProblem && error.kind === "chat_not_set_up";

export const isMissing = (error: Error | null) =>
  error instanceof ApiProblem && (error.status === 404 || error.status === 422);

/** One conversation, without its messages. */
export function useConversation(id: number | null) {
  return useQuery({
    queryKey: [...conversationKeys.one(id ?? 0), "itself"],
    enabled: id !== null,
    queryFn: ({ signal }) =>
      answered(
        api.GET("/api/{user_id}/conversations/{conversation_id}", { params: of(id ?? 0), signal }),
      ),
    refetchInterval: SECONDS_BETWEEN * 1000,
  });
}

/** The messages in pages, the newest page first, each page in order of writing. */
export function useMessages(id: number | null, every: number | false) {
  return useInfiniteQuery({
    queryKey: [...conversationKeys.one(id ?? 0), "messages"],
    enabled: id !== null,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET("/api/{user_id}/conversations/{conversation_id}/messages", {
          params: {
            ...of(id ?? 0),
            query: { limit: MESSAGES, ...(pageParam ? { cursor: pageParam } : {}) },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? null,
    refetchInterval: every,
  });
}

/** The loaded messages, oldest first, without duplicates from pages that have shifted. */
export function messagesOf(pages: readonly Schemas["MessagePage"][]): Message[] {
  const byId = new Map<number, Message>();
  for (const page of pages) {
    for (const message of page.messages) if (!byId.has(message.id)) byId.set(message.id, message);
  }
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

/** The conversations, the most recently updated first. */
export function useConversations(status: Status, search: string) {
  // The API refuses a search without a letter or digit.
  const sought = /[\p{L}\p{N}]/u.test(search) ? search.trim() : "";
  return useInfiniteQuery({
    queryKey: [...conversationKeys.lists, status, sought],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET("/api/{user_id}/conversations", {
          params: {
            path: ME,
            query: {
              status,
              limit: PAGE,
              ...(sought ? { search: sought } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
    refetchInterval: SECONDS_BETWEEN * 1000,
  });
}

/** Renames a conversation, moves it to the trash, or restores it. */
export function useChangeConversation() {
  const client = useQueryClient();
  return useMutation({
    ...resent,
    mutationFn: ({ id, ...body }: { id: number; title?: string; deleted?: boolean }) =>
      answered(
        api.PATCH("/api/{user_id}/conversations/{conversation_id}", { params: of(id), body }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ALL }),
  });
}

/** Deletes a conversation in the trash permanently. */
export function usePurgeConversation() {
  const client = useQueryClient();
  return useMutation({
    ...resent,
    mutationFn: (id: number) =>
      answered(
        api.DELETE("/api/{user_id}/conversations/{conversation_id}/permanently", {
          params: of(id),
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: conversationKeys.lists }),
  });
}
