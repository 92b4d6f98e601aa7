import { Button } from "@/ui/button";

import { useOffer, useTakeOver } from "./local-list";

/** Offers the list that was on this machine before anybody signed up, to a person who has none yet. */
export function LocalListOffer() {
  const { data: offer } = useOffer();
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
        onClick={() => takeOver.mutate(offer.code)}
      >
        Make it mine
      </Button>
    </section>
  );
}
