import type { Schemas } from "@/api/client";

import { type Edits, type FieldName, FIELDS } from "./drafts";

type Task = Schemas["WholeTask"];

/** What a person wanted, and what somebody else made of the same fields meanwhile. */
export type Conflict = { now: Task; edits: Edits; fields: FieldName[] };

function wordsOf(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : "";
}

/** A field in words, empty when it is. */
export const fieldIn = (of: Edits | Task, field: FieldName) => wordsOf(of[field]);

/** `fields` are those that both changed, and not to the same. A task in the trash has them all. */
export function conflictOf(seen: Task, edits: Edits, now: Task): Conflict {
  const mine = FIELDS.filter((field) => edits[field] !== undefined);
  const fields = mine.filter((field) => {
    const current = fieldIn(now, field);
    const changed = current !== fieldIn(seen, field) || now.status === "deleted";
    return changed && current !== fieldIn(edits, field);
  });
  return { now, edits, fields };
}
