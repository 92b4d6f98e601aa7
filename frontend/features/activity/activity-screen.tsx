"use client";

import { Undo2 } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { useMemo, useState } from "react";

import { useAccount } from "@/features/account/queries";
import { useAgents } from "@/features/connect/queries";
import { Button } from "@/ui/button";

import { ActivityFilters } from "./activity-filters";
import { dayInWords, daysOf } from "./bursts";
import { BurstItem } from "./burst-item";
import {
  activityAddress,
  type Filters,
  filtersOf,
  hidesParts,
  isFiltered,
  todayIn,
} from "./filters";
import { useActivity } from "./queries";
import { UndoSinceDialog } from "./undo-since-dialog";

/** All changes, newest first, by day, author and call. Each can be undone. */
export function ActivityScreen() {
  const account = useAccount();
  const timezone = account.data?.timezone;
  const query = useSearchParams();
  const filters = useMemo(() => filtersOf(new URLSearchParams(query)), [query]);
  const list = useActivity(filters, timezone);
  const { data: agents = [] } = useAgents();
  const [undoing, setUndoing] = useState(false);
  const change = (changed: Partial<Filters>) =>
    window.history.pushState(null, "", activityAddress({ ...filters, ...changed }));
  const days = useMemo(
    () => daysOf(list.data?.pages.flatMap(({ events }) => events) ?? []),
    [list.data],
  );
  const today = todayIn(timezone ?? "UTC");
  const agent = agents.find(({ client_id }) => client_id === filters.agent);
  const error = account.error ?? (list.isFetchNextPageError ? null : list.error);
  return (
    <main className="column px-3 pt-4 pb-40 sm:px-6">
      <div className="mb-3 flex min-h-10 flex-wrap items-center justify-between gap-2">
        <h1 className="text-xl font-semibold">Activity</h1>
        {agent && timezone ? (
          <Button size="small" className="max-w-full" onClick={() => setUndoing(true)}>
            <Undo2 aria-hidden className="size-4 shrink-0" />
            <span className="truncate">
              Undo everything by <bdi>{agent.name}</bdi>…
            </span>
          </Button>
        ) : null}
      </div>
      <ActivityFilters filters={filters} agents={agents} today={today} onChange={change} />
      {error ? (
        <Trouble error={error} onRetry={() => void (account.error ? account : list).refetch()} />
      ) : null}
      {!error && !list.data ? (
        <p role="status" className="py-16 text-center text-muted">
          Loading…
        </p>
      ) : null}
      {days.map(({ day, bursts }) => (
        <section key={day} aria-label={dayInWords(day, today)} className="mt-5">
          <h2 className="mb-1 text-sm font-semibold text-muted">{dayInWords(day, today)}</h2>
          <ul className="divide-y divide-line border-y border-line">
            {bursts.map((burst) => (
              // The newest change of a burst may become a part of a longer one.
              <li key={burst.oldest.id}>
                <BurstItem burst={burst} partial={hidesParts(filters)} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {list.data && days.length === 0 && !list.hasNextPage ? (
        <p className="py-16 text-center text-muted">
          {isFiltered(filters)
            ? "No change fits the filter."
            : "Nothing has happened yet. Each change of a task will be listed here, with its author."}
        </p>
      ) : null}
      {list.isFetchNextPageError ? (
        <Trouble error={list.error} onRetry={() => void list.fetchNextPage()} />
      ) : list.hasNextPage ? (
        <div className="mt-5 text-center">
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {list.isFetchingNextPage ? "Loading…" : "Show earlier changes"}
          </Button>
        </div>
      ) : null}
      {undoing && agent && timezone ? (
        <UndoSinceDialog
          client_id={agent.client_id}
          name={agent.name}
          timezone={timezone}
          today={today}
          onClose={() => setUndoing(false)}
        />
      ) : null}
    </main>
  );
}

function Trouble({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <div role="alert" className="grid justify-items-center gap-3 py-10 text-center">
      <p>{error.message}</p>
      <Button size="small" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
