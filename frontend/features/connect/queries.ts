import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, api, type Schemas } from "@/api/client";
import { usePerson } from "@/auth/person";
import { postAsPerson } from "@/auth/person-calls";
import { clientName } from "@/auth/server/client-name";
import { useNews } from "@/features/live/use-news";
import { readTask } from "@/features/tasks/queries";

import { AGENTS_KEY } from "./agents-key";

export type Agent = Schemas["ShownAgent"];
export type NewKey = Schemas["NewKey"];

const ME = { user_id: "me" };
const SECONDS_BETWEEN = 10;
const MOST_IN_A_PAGE = 200; // specs/rest.md

/** The prefix of a key's client_id, which no OAuth client has (specs/tokens.md). */
export const isKey = (agent: Agent) => agent.client_id.startsWith("key-");

/** All agents of the person, including revoked ones, the newest first. */
export async function readAgents(user_id: string): Promise<Agent[]> {
  const all: Agent[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: MOST_IN_A_PAGE, ...(cursor ? { cursor } : {}) };
    const { agents, next_cursor } = await answered(
      api.GET("/api/{user_id}/agents", { params: { path: { user_id }, query } }),
    );
    all.push(...agents.map((agent) => ({ ...agent, name: clientName(agent.name) })));
    cursor = next_cursor;
  } while (cursor);
  return all;
}

/** All agents. A newly connected agent appears by the live feed. Polls too: an agent's call that
 * changes nothing is no event. */
export function useAgents() {
  const { id } = usePerson();
  const client = useQueryClient();
  useNews(() => client.invalidateQueries({ queryKey: AGENTS_KEY, exact: true }));
  return useQuery({
    queryKey: AGENTS_KEY,
    queryFn: () => readAgents(id),
    refetchInterval: SECONDS_BETWEEN * 1000,
  });
}

/** An agent's last change and the title of its task; null if it has changed nothing. */
export function useLastEvent(agent: Agent) {
  return useQuery({
    queryKey: [...AGENTS_KEY, "did", agent.client_id, agent.last_used_at ?? ""],
    queryFn: async () => {
      const query = { client_id: agent.client_id, limit: 1 };
      const { events } = await answered(
        api.GET("/api/{user_id}/events", { params: { path: ME, query } }),
      );
      const event = events[0];
      if (!event) return null;
      const named = event.after?.title ?? event.before?.title;
      const title = named ?? (await titleOf(event.task_id));
      return { event, title: title ?? "a task that is gone" };
    },
  });
}

async function titleOf(id: number | undefined): Promise<string | undefined> {
  return id === undefined ? undefined : (await readTask(id).catch(() => null))?.title;
}

/** Disconnects an agent or key with one call, which ends its access, its refresh tokens and its
 * consent. */
export function useRevoke() {
  const { id } = usePerson();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ client_id }: Agent) =>
      postAsPerson(id, "/connections/disconnect", { client_id }),
    onSuccess: () => client.invalidateQueries({ queryKey: AGENTS_KEY }),
  });
}

export function useMakeKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewKey) =>
      answered(api.POST("/api/{user_id}/keys", { params: { path: ME }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: AGENTS_KEY }),
  });
}
