import type { Schemas } from "@/api/client";

import { type Draft, draftOf, editsOf } from "./drafts";
import type { Row, Sort } from "./filters";
import { compareTasks } from "./order";

/** The task whose form is open: its row, and those above it from the nearest on, as they were then. */
export type Opened = { row: Row; above: readonly Row[] };

/** What the person wrote in the form, and the task that they saw while they did. */
export type Written = { seen: Schemas["WholeTask"]; draft: Draft };

export function openedIn(rows: readonly Row[], row: Row): Opened {
  const at = rows.findIndex((one) => one.id === row.id);
  return { row, above: rows.slice(0, Math.max(0, at)).reverse() };
}

/** The rows with the opened one where it was, wherever others have brought it meanwhile: below the
 * nearest that was above it and has not been brought elsewhere itself. */
export function withOpened(
  rows: readonly Row[],
  { row, above }: Opened,
  sort: Sort,
): readonly Row[] {
  const current = rows.find(({ id }) => id === row.id) ?? row;
  const others = rows.filter(({ id }) => id !== row.id);
  const places = new Map(others.map(({ id }, index) => [id, index]));
  const placeOf = (one: Row) => {
    const place = places.get(one.id);
    const now = place === undefined ? undefined : others[place];
    return now && compareTasks(one, now, sort) === 0 ? place : undefined;
  };
  const anchor = above.find((one) => placeOf(one) !== undefined);
  const place = anchor ? placeOf(anchor) : undefined;
  return others.toSpliced(place === undefined ? 0 : place + 1, 0, current);
}

/** Whether anything would be lost with the form. */
export function isUnsaved(written: Written | null): boolean {
  if (!written) return false;
  const edits = editsOf(draftOf(written.seen), written.draft);
  return Object.keys(edits).length > 0;
}
