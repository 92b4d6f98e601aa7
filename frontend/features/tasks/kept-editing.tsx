"use client";

import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";

import type { Conflict } from "./conflicts";
import type { Row } from "./filters";
import type { Opened, Written } from "./opened";

type State<T> = [T, (next: T | ((now: T) => T)) => void];

type Open = (row: Row, already: Written) => void;

type KeptEditing = {
  opened: State<Opened | null>;
  written: State<Written | null>;
  conflicts: State<readonly Conflict[]>;
  /** Opens a form in the list that is shown, or was last. */
  reopen: Open;
  /** Says how the list that is shown opens a form. */
  reopenBy: (open: Open) => void;
};

const Context = createContext<KeptEditing | null>(null);

/** Keeps what a person is writing while they look at another page. */
export function KeepsEditing({ children }: { children: ReactNode }) {
  const opened = useState<Opened | null>(null);
  const written = useState<Written | null>(null);
  const conflicts = useState<readonly Conflict[]>([]);
  const open = useRef<Open>(null);
  const reopen = useCallback<Open>((row, already) => open.current?.(row, already), []);
  const reopenBy = useCallback((by: Open) => void (open.current = by), []);
  return <Context value={{ opened, written, conflicts, reopen, reopenBy }}>{children}</Context>;
}

export function useKeptEditing(): KeptEditing {
  const kept = useContext(Context);
  if (!kept) throw new Error("useKeptEditing stands outside KeepsEditing");
  return kept;
}
