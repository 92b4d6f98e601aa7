import { useState, useSyncExternalStore } from "react";

import { usePerson } from "@/auth/person";

import { type Draft, EMPTY_DRAFT } from "./drafts";

const never = () => () => undefined;

const keyOf = (person: string) => `surelist.adding.${person}`;

function read(person: string): string {
  try {
    return sessionStorage.getItem(keyOf(person)) ?? "";
  } catch {
    return ""; // storage is disabled
  }
}

function draftIn(text: string): Draft {
  try {
    return text ? { ...EMPTY_DRAFT, ...(JSON.parse(text) as Partial<Draft>) } : EMPTY_DRAFT;
  } catch {
    return EMPTY_DRAFT;
  }
}

/** The task that is being added, which this tab keeps until it is added. */
export function useKeptText(): [Draft, (draft: Draft) => void] {
  const person = usePerson().id;
  const kept = useSyncExternalStore(
    never,
    () => read(person),
    () => "",
  );
  const [own, setOwn] = useState<Draft | null>(null);
  const write = (draft: Draft) => {
    setOwn(draft);
    try {
      if (draft === EMPTY_DRAFT) sessionStorage.removeItem(keyOf(person));
      else sessionStorage.setItem(keyOf(person), JSON.stringify(draft));
    } catch {
      // storage is full or disabled
    }
  };
  return [own ?? draftIn(kept), write];
}
