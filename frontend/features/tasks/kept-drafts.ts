import { useSyncExternalStore } from "react";

import type { Schemas } from "@/api/client";
import { nextMoment } from "@/ui/moment";
import { PAGE_LOAD } from "@/ui/page-load";
import { browserStorage } from "@/ui/storage";

import type { KeptText } from "./commands";
import { type Draft, draftOf, editsOf } from "./drafts";

type Task = Schemas["WholeTask"];

/** Unsaved text, and the task that its person saw while writing. */
export type Written = { seen: Task; draft: Draft };

/** Unsaved text in the browser's storage. `key` names its place, `at` its time. */
export type KeptDraft = Written & { key: string; at: number };

const DAYS_KEPT = 30;
const MS_KEPT = DAYS_KEPT * 86_400_000;

const listeners = new Set<() => void>();
let version = 0;

function changed(): void {
  version += 1;
  for (const listener of listeners) listener();
}

const prefixOf = (person: string) => `surelist.draft.${person}.`;
const keyOf = (person: string, task: number) => `${prefixOf(person)}${task}.${PAGE_LOAD}`;

/** The keys and texts in storage. */
const entries = (prefix: string): [string, string][] =>
  browserStorage.keys(prefix).map((key) => [key, browserStorage.read(key) ?? ""]);

function parsed(key: string, text: string): KeptDraft | null {
  try {
    const { at, seen, draft } = JSON.parse(text) as KeptDraft;
    const whole = Number.isFinite(at) && typeof seen.id === "number" && "title" in draft;
    return whole && Date.now() - at < MS_KEPT ? { key, at, seen, draft } : null;
  } catch {
    return null;
  }
}

/** All unsaved text of the person, the newest first. */
export function keptDrafts(person: string): KeptDraft[] {
  return entries(prefixOf(person))
    .map(([key, text]) => parsed(key, text))
    .filter((one) => one !== null)
    .sort((one, other) => other.at - one.at);
}

/** The newest unsaved text of a task. */
export function keptDraft(person: string, task: number): KeptDraft | null {
  return keptDrafts(person).find(({ seen }) => seen.id === task) ?? null;
}

/** Keeps unsaved text, in place of the text that was kept under `before`. Returns its key. */
export function keepDraft(person: string, written: Written, before?: string): string {
  const key = keyOf(person, written.seen.id);
  if (before !== undefined && before !== key) browserStorage.remove(before);
  if (isUnsaved(written))
    browserStorage.write(key, JSON.stringify({ ...written, at: nextMoment() }));
  else browserStorage.remove(key);
  changed();
  return key;
}

export function dropDraft(key: string): void {
  browserStorage.remove(key);
  changed();
}

/** The unsaved text under a key, as it is now. */
export function textAt(key: string): KeptText | null {
  const draft = parsed(key, browserStorage.read(key) ?? "");
  return draft && { key, at: draft.at };
}

/** Drops unsaved text, unless it was written on meanwhile. */
export function dropText(text: KeptText | null): void {
  if (text && textAt(text.key)?.at === text.at) dropDraft(text.key);
}

/** Whether the draft differs from the task. */
export function isUnsaved({ seen, draft }: Written): boolean {
  const titled = draft.title.trim() !== "" || seen.title === "";
  return !titled || Object.keys(editsOf(draftOf(seen), draft)).length > 0;
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

let snapshot: { version: string; drafts: KeptDraft[] } = { version: "", drafts: [] };
const NONE: KeptDraft[] = [];

function read(person: string): KeptDraft[] {
  const now = entries(prefixOf(person))
    .map(([key, text]) => `${key}${text.length}`)
    .join();
  const named = `${version} ${person} ${now}`;
  if (snapshot.version !== named) snapshot = { version: named, drafts: keptDrafts(person) };
  return snapshot.drafts;
}

/** All unsaved text of the person, the newest first, also that of other tabs. */
export function useKeptDrafts(person: string): KeptDraft[] {
  return useSyncExternalStore(
    listen,
    () => read(person),
    () => NONE,
  );
}
