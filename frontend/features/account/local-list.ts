import { useMutation, useQuery } from "@tanstack/react-query";

import { answered, api, type Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { authClient } from "@/auth/client";

/** The list of this machine, and the code that takes it over. */
export type Offer = { code: string; pending: number; completed: number };

const NOTHING_THERE =
  "This code opens no list. Check it for typing mistakes; or the list has been taken over already.";

function claim(body: Schemas["Claim"]) {
  const path = { user_id: "me" };
  return answered(api.POST("/api/{user_id}/claim", { params: { path }, body }));
}

async function readOffer(): Promise<Offer | null> {
  const { data, error } = await authClient.$fetch<{ code: string | null }>("/local-list");
  if (error) throw new Error("The list of this machine cannot be looked for now.");
  const { code } = data;
  if (code === null) return null;
  const found = await claim({ code, dry_run: true }).catch((problem: unknown) => {
    if (problem instanceof ApiProblem && problem.status < 500) return null; // nothing to take over
    throw problem;
  });
  return found && { code, pending: found.pending, completed: found.completed };
}

/** What is offered without being asked for; null when nothing is. */
export function useOffer() {
  return useQuery({ queryKey: ["local-list"], queryFn: readOffer });
}

/** Takes over the list of this machine, by its code. */
export function useTakeOver() {
  return useMutation({
    mutationFn: async (code: string) => {
      try {
        await claim({ code, dry_run: false });
      } catch (error) {
        const unknown = error instanceof ApiProblem && [404, 422].includes(error.status);
        throw unknown ? new Error(NOTHING_THERE) : error;
      }
    },
    // A new page reads everything anew.
    onSuccess: () => window.location.reload(),
  });
}
