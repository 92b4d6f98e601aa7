"use client";

import { useAccount } from "@/features/account/queries";
import { Button } from "@/ui/button";

import { dayInWords, dayOf } from "./bursts";
import { EventItem } from "./event-item";
import { todayIn } from "./filters";
import { useActivity } from "./queries";

/** All changes of one task, newest first, down to the one that added it. */
export function TaskHistory({ task }: { task: number }) {
  const { data: account } = useAccount();
  const filters = { actor: null, agent: null, task, kind: null, day: null, since: null };
  const list = useActivity(filters, account?.timezone);
  const events = list.data?.pages.flatMap((page) => page.events) ?? [];
  const today = todayIn(account?.timezone ?? "UTC");
  return (
    <section aria-label="History" className="mt-6 border-t border-line pt-3">
      <h3 className="text-sm font-semibold">History</h3>
      {list.error ? (
        <div role="alert" className="mt-2 grid justify-items-start gap-2 text-sm">
          <p>{list.error.message}</p>
          <Button size="small" onClick={() => void list.refetch()}>
            Try again
          </Button>
        </div>
      ) : null}
      <ol className="divide-y divide-line">
        {events.map((event, index) => {
          const day = dayOf(event);
          const before = events[index - 1];
          return (
            <li key={event.id}>
              {before && dayOf(before) === day ? null : (
                <p className="pt-3 text-xs text-muted">{dayInWords(day, today)}</p>
              )}
              <EventItem event={event} ofOpenTask />
            </li>
          );
        })}
      </ol>
      {list.hasNextPage ? (
        <Button
          size="small"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show earlier changes
        </Button>
      ) : null}
    </section>
  );
}
