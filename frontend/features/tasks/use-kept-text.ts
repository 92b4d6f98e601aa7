import { useState, useSyncExternalStore } from "react";

import { usePerson } from "@/auth/person";
import { tabStorage } from "@/ui/storage";

import { type Draft, EMPTY_DRAFT } from "./drafts";

const never = () => () => undefined;

const keyOf = (person: string) => `surelist.adding.${person}`;

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
    () => tabStorage.read(keyOf(person)) ?? "",
    () => "",
  );
  const [own, setOwn] = useState<Draft | null>(null);
  const write = (draft: Draft) => {
    setOwn(draft);
    if (draft === EMPTY_DRAFT) tabStorage.remove(keyOf(person));
    else tabStorage.write(keyOf(person), JSON.stringify(draft));
  };
  return [own ?? draftIn(kept), write];
}
