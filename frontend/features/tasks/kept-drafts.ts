import { useSyncExternalStore } from "react";

import type { Schemas } from "@/api/client";
import { browserStorage } from "@/ui/storage";

import { type Draft, draftOf, editsOf } from "./drafts";

type Task = Schemas["WholeTask"];

/** Unsaved text, and the task that its person saw while writing. */
export type Written = { seen: Task; draft: Draft };

/** Unsaved text in the browser's storage. `key` names its place, `at` its time. */
export type KeptDraft = Written & { key: string; at: number };

const DAYS_KEPT = 30;
const MS_KEPT = DAYS_KEPT * 86_400_000;
/** Each load of the page has its own place, so that two tabs never overwrite each other's text. */
const LOAD = Array.from(globalThis.crypto.getRandomValues(new Uint32Array(2)), (part) =>
  part.toString(36),
).join("");

const listeners = new Set<() => void>();
let version = 0;

function changed(): void {
  version += 1;
  for (const listener of listeners) listener();
}

const prefixOf = (person: string) => `surelist.draft.${person}.`;
const keyOf = (person: string, task: number) => `${prefixOf(person)}${task}.${LOAD}`;

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
  if (isUnsaved(written)) browserStorage.write(key, JSON.stringify({ ...written, at: Date.now() }));
  else browserStorage.remove(key);
  changed();
  return key;
}

export function dropDraft(key: string): void {
  browserStorage.remove(key);
  changed();
}

/** Returns a function that drops the unsaved text, unless it was written on meanwhile. */
export function dropperOf(key: string): () => void {
  const read = () => browserStorage.read(key);
  const before = read();
  return () => {
    if (read() === before) dropDraft(key);
  };
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
