import { Undo2 } from "lucide-react";
import { useState } from "react";

import { Button } from "@/ui/button";

import type { Burst } from "./bursts";
import { authorOf, canBeUndone } from "./events";
import { At, EventItem } from "./event-item";
import { Face } from "./face";
import { useUndoAll } from "./undo-all";
import { summaryOf } from "./summaries";
import { WorkingNow } from "./working-now";

const AT_ONCE = 50;
const WORKING_MS = 60_000;

/** Changes that one author made in one go, with a button that undoes them all. `partial` is a burst
 * with changes that are not shown: these are not undone unseen. */
export function BurstItem({ burst, partial }: { burst: Burst; partial: boolean }) {
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState(AT_ONCE);
  const [undoAll, busy] = useUndoAll();
  const { newest, oldest, events } = burst;
  if (events.length === 1) return <EventItem event={newest} />;
  const author = authorOf(newest);
  const summary = summaryOf(events);
  const undoable = events.filter(canBeUndone).length;
  return (
    <div className="py-2">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1 sm:flex-nowrap">
        <Face author={newest} />
        <p className="min-w-0 flex-1 pt-1 text-sm break-words">
          <bdi className="font-medium">{author}</bdi> {summary}
          <span className="text-muted">
            {" · "}
            <At event={oldest} />
            {undoable === 0 ? " · undone" : null}
          </span>
          {newest.actor === "agent" ? (
            <WorkingNow key={newest.id} ms={WORKING_MS} since={newest.at} />
          ) : null}
        </p>
        <div className="flex w-full justify-end gap-1 sm:w-auto">
          <Button
            size="small"
            look="quiet"
            aria-expanded={open}
            aria-label={`${open ? "Hide" : "Review"}: ${author} ${summary}`}
            onClick={() => setOpen(!open)}
          >
            {open ? "Hide" : "Review"}
          </Button>
          {undoable > 0 && !partial ? (
            <Button
              size="small"
              busy={busy}
              aria-label={`Undo all: ${author} ${summary}`}
              onClick={() =>
                undoAll({ client_id: newest.client_id, first: oldest.id, last: newest.id })
              }
            >
              <Undo2 aria-hidden className="size-4" />
              Undo all
            </Button>
          ) : null}
        </div>
      </div>
      {open ? (
        <ul className="ms-4 mt-1 divide-y divide-line border-s border-line ps-4 sm:ms-11">
          {events.slice(0, shown).map((event) => (
            <li key={event.id}>
              <EventItem event={event} inBurst />
            </li>
          ))}
          {events.length > shown ? (
            <li className="py-2">
              <Button size="small" onClick={() => setShown(shown + AT_ONCE)}>
                Show more of this group
              </Button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </div>
  );
}
