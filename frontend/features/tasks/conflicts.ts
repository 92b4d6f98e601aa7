import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import type { Schemas } from "@/api/client";

import type { KeptText } from "./commands";
import { type Edits, type FieldName, FIELDS } from "./drafts";

type Task = Schemas["WholeTask"];

/** What a person wanted, and what somebody else made of the same fields meanwhile. */
export type Conflict = {
  now: Task;
  edits: Edits;
  fields: FieldName[];
  /** The text that is kept until it is saved. */
  text: KeptText | null;
};

function wordsOf(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : "";
}

/** A field in words, empty when it is. */
export const fieldIn = (of: Edits | Task, field: FieldName) => wordsOf(of[field]);

/** `fields` are those that both changed, and not to the same. A task in the trash has them all. */
export function conflictOf(seen: Task, edits: Edits, now: Task): Omit<Conflict, "text"> {
  const mine = FIELDS.filter((field) => edits[field] !== undefined);
  const fields = mine.filter((field) => {
    const current = fieldIn(now, field);
    const changed = current !== fieldIn(seen, field) || now.status === "deleted";
    return changed && current !== fieldIn(edits, field);
  });
  return { now, edits, fields };
}

const CONFLICTS_KEY = ["conflicts"] as const;

/** The conflicts that wait for an answer, on whichever page they came up; the way to add one, and to
 * remove the first. */
export function useConflicts() {
  const client = useQueryClient();
  const { data: conflicts = [] } = useQuery<readonly Conflict[]>({
    queryKey: CONFLICTS_KEY,
    queryFn: () => [],
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const change = useCallback(
    (how: (now: readonly Conflict[]) => readonly Conflict[]) =>
      void client.setQueryData<readonly Conflict[]>(CONFLICTS_KEY, (now) => how(now ?? [])),
    [client],
  );
  const ask = useCallback((conflict: Conflict) => change((now) => [...now, conflict]), [change]);
  const answer = useCallback(() => change((now) => now.slice(1)), [change]);
  return [conflicts, ask, answer] as const;
}
