"use client";

import { createContext, type ReactNode, useContext } from "react";

/** Whom a page was made for. Somebody without a password signs in by GitHub or Google. */
export type Person = { id: string; email: string; hasPassword: boolean };

const PersonContext = createContext<Person | null>(null);

/** Tells what is within whose page it is, until the page is loaded anew. */
export function PersonProvider({ person, children }: { person: Person; children: ReactNode }) {
  return <PersonContext value={person}>{children}</PersonContext>;
}

/** Whom this page was made for. Who is signed in by now may be somebody else. */
export function usePerson(): Person {
  const person = useContext(PersonContext);
  if (!person) throw new Error("usePerson stands outside PersonProvider");
  return person;
}
