import { useSyncExternalStore } from "react";

import { usePerson } from "@/auth/person";
import { tabStorage } from "@/ui/storage";

import { type Draft, EMPTY_DRAFT } from "./drafts";

const listeners = new Set<() => void>();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

const keyOf = (person: string) => `surelist.adding.${person}`;

function draftIn(text: string): Draft {
  try {
    return text ? { ...EMPTY_DRAFT, ...(JSON.parse(text) as Partial<Draft>) } : EMPTY_DRAFT;
  } catch {
    return EMPTY_DRAFT;
  }
}

const read = (person: string) => tabStorage.read(keyOf(person)) ?? "";

function write(person: string, draft: Draft): void {
  if (draft === EMPTY_DRAFT) tabStorage.remove(keyOf(person));
  else tabStorage.write(keyOf(person), JSON.stringify(draft));
  for (const listener of listeners) listener();
}

/** Puts a task into the field for new ones, unless a title is being written there; tells whether. */
export function fillField(person: string, draft: Draft): boolean {
  const empty = draftIn(read(person)).title.trim() === "";
  if (empty) write(person, draft);
  return empty;
}

/** The task that is being added, which this tab keeps until it is added. */
export function useKeptText(): [Draft, (draft: Draft) => void] {
  const person = usePerson().id;
  const kept = useSyncExternalStore(
    listen,
    () => read(person),
    () => "",
  );
  return [draftIn(kept), (draft) => write(person, draft)];
}
