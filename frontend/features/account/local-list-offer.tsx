import { useMutation, useQuery } from "@tanstack/react-query";

import { answered, api } from "@/api/client";
import { authClient } from "@/auth/client";
import { Button } from "@/ui/button";

type Offer = { token: string; pending: number; completed: number };

async function readOffer(): Promise<Offer | null> {
  const { data, error } = await authClient.$fetch<Offer | null>("/local-list");
  if (error) throw new Error("Whether there is a list on this machine cannot be told now.");
  return data;
}

function useTakeOver() {
  return useMutation({
    mutationFn: async () => {
      const offer = await readOffer(); // its token is good for a minute
      if (!offer) throw new Error("Somebody else has signed up, or taken it over.");
      const { token } = offer;
      await answered(
        api.POST("/api/{user_id}/claim", { params: { path: { user_id: "me" } }, body: { token } }),
      );
    },
    // A new page reads everything anew.
    onSuccess: () => window.location.reload(),
  });
}

/** Offers the list that was on this machine before anybody signed up, to who has none yet. */
export function LocalListOffer() {
  const { data: offer } = useQuery({ queryKey: ["local-list"], queryFn: readOffer });
  const takeOver = useTakeOver();
  if (!offer) return null;
  return (
    <section
      aria-label="The list of this machine"
      className="mt-6 grid gap-3 rounded-xl border border-accent bg-accent-soft p-4 text-sm sm:flex sm:items-center sm:justify-between sm:gap-6"
    >
      <div className="grid gap-1">
        <h2 className="font-medium">There is a list on this machine already</h2>
        <p className="text-muted">
          {offer.pending} open and {offer.completed} completed tasks, with their history. You can
          make it yours while your own is empty; agents that used its token are then connected anew.
        </p>
        {takeOver.error ? <p role="alert">{takeOver.error.message}</p> : null}
      </div>
      <Button
        look="primary"
        busy={takeOver.isPending}
        className="justify-self-start"
        onClick={() => takeOver.mutate()}
      >
        Make it mine
      </Button>
    </section>
  );
}
