"use client";

import { useQuery } from "@tanstack/react-query";

import { dayOf } from "./bursts";
import { authorOf } from "./events";
import { valueInWords } from "./fields";
import { nextDay } from "./filters";
import { ACTIVITY_KEY, readDeletions } from "./queries";

const DAYS_IN_TRASH = 30; // specs/tools.md
const STALE_MS = 5_000;

/** The author of a deletion, and the day after which the task cannot be restored. It is shown for the
 * latest 200 deletions. */
export function Deletion({ task }: { task: number }) {
  const { data } = useQuery({
    queryKey: [...ACTIVITY_KEY, "deletions"],
    queryFn: readDeletions,
    staleTime: STALE_MS,
  });
  const event = data?.find(({ task_id }) => task_id === task);
  if (!event) return null;
  const author = authorOf(event).replace(/^You$/, "you");
  return (
    <span title={event.at.replace("T", " ")}>
      Deleted by <bdi>{author}</bdi>, kept until{" "}
      {valueInWords("due", nextDay(dayOf(event), DAYS_IN_TRASH))}
    </span>
  );
}
