import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { KEEP_AGENTS_HEADER } from "@/auth/keep-agents-header";
import { usePerson } from "@/auth/person";
import { getAsPerson, postAsPerson } from "@/auth/person-calls";
import type { ShownSession } from "@/auth/sessions";
import { AGENTS_KEY } from "@/features/connect/agents-key";

const SESSIONS_KEY = ["sessions"] as const;

/** The person's sessions: this browser's first, then the one that was used last. */
export function useSessions() {
  const { id } = usePerson();
  return useQuery({
    queryKey: SESSIONS_KEY,
    retry: false,
    queryFn: async () =>
      (await getAsPerson<{ sessions: ShownSession[] }>(id, "/sessions")).sessions,
  });
}

/** Ends the session with that id; without an id, every session but this browser's. */
export function useEndSessions() {
  const { id: personId } = usePerson();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string | undefined) => postAsPerson(personId, "/sessions/end", { id }),
    onSettled: () => client.invalidateQueries({ queryKey: SESSIONS_KEY }),
  });
}

type NewPassword = { current: string; next: string; keepsAgents: boolean };

export function useChangePassword() {
  const { id } = usePerson();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ current, next, keepsAgents }: NewPassword) =>
      postAsPerson(
        id,
        "/change-password",
        { currentPassword: current, newPassword: next },
        keepsAgents ? { [KEEP_AGENTS_HEADER]: "1" } : {},
      ),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: SESSIONS_KEY }),
        client.invalidateQueries({ queryKey: AGENTS_KEY }),
      ]),
  });
}

export function useChangeName() {
  const { id } = usePerson();
  return useMutation({
    mutationFn: (name: string) => postAsPerson(id, "/update-user", { name }),
  });
}
