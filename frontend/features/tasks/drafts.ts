import type { Schemas } from "@/api/client";
import { LIMITS } from "@/api/limits";

import { dueOf, partsOfDue } from "./dates";
import type { Filters, Priority, Row } from "./filters";

type Task = Row | Schemas["WholeTask"];

/** A task as it stands in a form. */
export type Draft = {
  title: string;
  description: string;
  day: string;
  time: string;
  priority: Priority | "";
  tags: readonly string[];
};

export const EMPTY_DRAFT: Draft = {
  title: "",
  description: "",
  day: "",
  time: "",
  priority: "",
  tags: [],
};

export const FIELDS = ["title", "description", "due", "priority", "tags"] as const;
export type FieldName = (typeof FIELDS)[number];
/** What of a task is to be changed, null being empty. */
export type Edits = Partial<{
  title: string;
  description: string | null;
  due: string | null;
  priority: Priority | null;
  tags: readonly string[] | null;
}>;

export function draftOf(task: Task): Draft {
  return {
    title: task.title,
    description: task.description ?? "",
    ...partsOfDue(task.due),
    priority: task.priority ?? "",
    tags: task.tags ?? [],
  };
}

/** What was changed in the form, and nothing else: what others change meanwhile stays. */
export function editsOf(from: Draft, to: Draft): Edits {
  const edits: Edits = {};
  const title = to.title.trim();
  if (title && title !== from.title) edits.title = title;
  if (to.description !== from.description) edits.description = to.description || null;
  const due = dueOf(to.day, to.time);
  if (due !== dueOf(from.day, from.time)) edits.due = due ?? null;
  if (to.priority !== from.priority) edits.priority = to.priority || null;
  if (to.tags.join("\n") !== from.tags.join("\n")) edits.tags = to.tags.length ? to.tags : null;
  return edits;
}

/** The body that makes these changes. */
export function patchOf(edits: Edits): Schemas["Patch"] {
  const patch: Record<string, unknown> = {};
  const clear: string[] = [];
  for (const field of FIELDS) {
    const value = edits[field];
    if (value === null) clear.push(field);
    else if (value !== undefined) patch[field] = value;
  }
  if (clear.length > 0) patch["clear"] = clear;
  return patch;
}

/** The body that makes a task of the form. */
export function newTaskOf(draft: Draft): Schemas["NewTask"] {
  const due = dueOf(draft.day, draft.time);
  return {
    title: draft.title.trim(),
    ...(draft.description ? { description: draft.description } : {}),
    ...(due ? { due } : {}),
    ...(draft.priority ? { priority: draft.priority } : {}),
    ...(draft.tags.length > 0 ? { tags: [...draft.tags] } : {}),
  };
}

/** The typed tag without spaces around it and the sign before it. */
const bareTag = (typed: string) => typed.trim().replace(/^#/, "");

/** The draft with what the filters ask for, so that the task shows in the list to which it is added. */
export function withFilter(draft: Draft, filters: Filters, today: string): Draft {
  return {
    ...draft,
    day: draft.day || (filters.due === "today" || filters.due === "week" ? today : ""),
    priority: draft.priority || (filters.priority ?? ""),
    tags: filters.tag ? withTag(draft.tags, filters.tag) : draft.tags,
  };
}

/** The tags with one more, and none twice, in whatever case. */
export function withTag(tags: readonly string[], typed: string): readonly string[] {
  const tag = bareTag(typed);
  const known = tags.some((one) => one.toLowerCase() === tag.toLowerCase());
  return !tag || known || tagProblem(tags, typed) ? tags : [...tags, tag];
}

/** The reason why the typed tag cannot be added. */
export function tagProblem(tags: readonly string[], typed: string): string | undefined {
  if (bareTag(typed) && tags.length >= LIMITS.tags)
    return `A task has at most ${LIMITS.tags} tags.`;
  return tooLong(bareTag(typed), LIMITS.tag);
}

/** A sentence about text that is too long, counted in code points as the server does. */
export function tooLong(text: string, limit: number): string | undefined {
  const length = text.length > limit ? Array.from(text).length : text.length;
  return length > limit
    ? `${length.toLocaleString("en")} of ${limit.toLocaleString("en")} characters. Shorten it to save it.`
    : undefined;
}

/** The task with the changes made, as a list shows it. */
export function edited<T extends Task>(task: T, edits: Edits): T {
  const entries = Object.entries({ ...task, ...edits });
  return Object.fromEntries(
    entries.filter(([, value]) => value !== null && value !== undefined),
  ) as unknown as T;
}
