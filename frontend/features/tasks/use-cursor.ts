import { useCallback, useRef, useState } from "react";

import type { Row } from "./filters";
import { useStable } from "./use-stable";

/** The row that the keys act upon. Its place is kept when it leaves, for the one that follows. */
export function useCursor(rows: readonly Row[]) {
  const [active, setActive] = useState<{ id: number; at: number } | null>(null);
  const [sought, setSought] = useState(0);
  const toFocus = useRef<number | null>(null);
  const index = active ? rows.findIndex((row) => row.id === active.id) : -1;

  const choose = useStable((id: number) => {
    const at = rows.findIndex((row) => row.id === id);
    setActive((now) => (now?.id === id ? now : { id, at: Math.max(0, at) }));
  });
  /** Chooses a row and scrolls to it. */
  const show = useStable((id: number) => {
    choose(id);
    setSought((times) => times + 1);
  });
  const focusOn = useStable((id: number) => {
    toFocus.current = id;
    show(id);
  });
  /** The row of that task, else the one that Tab goes to. */
  const focusOnRowOrEntry = (id: number) => {
    const to = rows.some((row) => row.id === id) ? id : (rows[index] ?? rows[0])?.id;
    if (to !== undefined) focusOn(to);
  };
  /** Whether the row, which is shown now, is to take the focus: told once, and not any more when the
   * person has gone elsewhere meanwhile. */
  const takesFocus = useCallback((id: number) => {
    if (toFocus.current !== id) return false;
    toFocus.current = null;
    return true;
  }, []);
  const onFocusElsewhere = useCallback(() => void (toFocus.current = null), []);
  const move = (by: 1 | -1) => {
    const at = active?.at ?? 0;
    const next = index >= 0 ? index + by : by > 0 ? at : at - 1;
    const to = rows[Math.max(0, Math.min(rows.length - 1, next))];
    if (to) focusOn(to.id);
  };
  /** Goes to the row that follows one that is about to leave; tells whether there is one. */
  const leave = (row: Row) => {
    const at = rows.findIndex((one) => one.id === row.id);
    const next = rows[at + 1] ?? rows[at - 1];
    if (next) focusOn(next.id);
    return Boolean(next);
  };
  return {
    row: rows[index],
    index,
    /** The row that Tab goes to. */
    entry: rows[index] ?? rows[0],
    /** Counts the times that the row was to be seen. */
    sought,
    choose,
    show,
    focusOn,
    focusOnRowOrEntry,
    takesFocus,
    onFocusElsewhere,
    move,
    leave,
  };
}
