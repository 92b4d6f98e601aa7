"use client";

import { Undo2, X } from "lucide-react";
import Link from "next/link";
import { useEffect, useState } from "react";

import { Button } from "@/ui/button";

import { authorOf, type ListedEvent } from "./events";
import { Face } from "./face";
import { activityAddress } from "./filters";
import { summaryOf } from "./summaries";
import { useUndoAll } from "./undo-all";
import type { News } from "./use-bursts";
import { WorkingNow } from "./working-now";

const SHOWN_MS = 30_000;
const WORKING_MS = 10_000;
const AT_ONCE = 3;

export type NoticesProps = { bursts: readonly News[]; onDismiss: (client_id: string) => void };

/** What others just did: one notice for each agent. */
export function Notices({ bursts, onDismiss }: NoticesProps) {
  return (
    <section
      aria-label="Changes by others"
      aria-live="polite" // It stands before there is a notice, or the first would not be announced.
      className="pointer-events-none fixed inset-x-0 bottom-16 z-50 mx-auto grid max-w-md gap-2 p-3 lg:right-auto lg:bottom-0 lg:w-88"
    >
      {bursts.slice(-AT_ONCE).map(({ client_id, events }) => {
        const [first] = events;
        return first ? (
          <Notice key={client_id} first={first} events={events} onDismiss={onDismiss} />
        ) : null;
      })}
    </section>
  );
}

type NoticeProps = {
  first: ListedEvent;
  events: readonly ListedEvent[];
  onDismiss: NoticesProps["onDismiss"];
};

/** It stays until 30 seconds after the last change, for longer while it is pointed at or has the
 * focus. */
function Notice({ first, events, onDismiss }: NoticeProps) {
  const [undoAll, busy] = useUndoAll();
  const [held, setHeld] = useState(false);
  const { client_id } = first;
  const count = events.length;
  const dismiss = () => onDismiss(client_id);
  useEffect(() => {
    if (held || busy) return;
    const timer = setTimeout(() => onDismiss(client_id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, busy, count, client_id, onDismiss]);
  const author = authorOf(first);
  const range = { client_id, first: first.id, last: (events.at(-1) ?? first).id };
  return (
    <article
      aria-label={author}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={(event) => setHeld(event.currentTarget.contains(event.relatedTarget))}
      onKeyDown={(event) => event.key === "Escape" && dismiss()}
      className="animate-slide pointer-events-auto flex items-start gap-3 rounded-xl border border-line bg-raised p-3 text-sm shadow-float"
    >
      <Face author={first} />
      <div className="min-w-0 grow">
        <p className="pt-1 break-words">
          <bdi className="font-medium">{author}</bdi> <bdi>{summaryOf(events)}</bdi>
        </p>
        <WorkingNow key={count} ms={WORKING_MS} />
        <div className="mt-2 flex flex-wrap gap-1">
          <Button size="small" asChild>
            <Link prefetch={false} href={activityAddress({ agent: client_id, since: first.at })}>
              Review
            </Link>
          </Button>
          <Button
            size="small"
            busy={busy}
            aria-label={count === 1 ? "Undo" : "Undo all"}
            onClick={() => undoAll(range, dismiss)}
          >
            <Undo2 aria-hidden className="size-4" />
            {count === 1 ? "Undo" : "Undo all"}
          </Button>
        </div>
      </div>
      <Button size="icon" look="quiet" aria-label={`Dismiss ${author}`} onClick={dismiss}>
        <X aria-hidden className="size-4" />
      </Button>
    </article>
  );
}
