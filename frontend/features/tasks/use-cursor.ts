import { useCallback, useState } from "react";

import type { Row } from "./filters";

/** The row that the keys act upon. Its place is kept when it leaves, for the one that follows. */
export function useCursor(rows: readonly Row[]) {
  const [active, setActive] = useState<number | null>(null);
  const [focus, setFocus] = useState({ id: 0, count: 0 });
  const found = rows.findIndex((row) => row.id === active);
  const index = found >= 0 ? found : Math.min(0, rows.length - 1);

  const focusOn = useCallback((id: number) => {
    setActive(id);
    setFocus(({ count }) => ({ id, count: count + 1 }));
  }, []);
  const move = (by: number) => {
    const from = active === null || found < 0 ? index - by : index;
    const to = rows[Math.max(0, Math.min(rows.length - 1, from + by))];
    if (to) focusOn(to.id);
  };
  /** Goes to the row that follows one that is about to leave; tells whether there is one. */
  const leave = (row: Row) => {
    const at = rows.findIndex((one) => one.id === row.id);
    const next = rows[at + 1] ?? rows[at - 1];
    if (next) focusOn(next.id);
    return Boolean(next);
  };
  return { row: rows[index], index, used: found >= 0, focus, setActive, focusOn, move, leave };
}
