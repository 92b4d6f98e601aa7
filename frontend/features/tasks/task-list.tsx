import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";

import type { Row } from "./filters";

const ROW_HEIGHT = 41;
/** Rows kept above and below what is seen. */
const OVERSCAN = 12;
/** Rows that are left when the next page is asked for. */
const AHEAD = 60;

type TaskListProps = {
  rows: readonly Row[];
  /** How many there are in all, where it is known. */
  total: number | null;
  /** The row to keep in sight, by its place. */
  inSight: number;
  renderRow: (row: Row) => ReactNode;
  onNearEnd: () => void;
};

/** The list, of which only what can be seen is in the document. */
export function TaskList({ rows, total, inSight, renderRow, onNearEnd }: TaskListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [above, setAbove] = useState(0);
  useLayoutEffect(() => {
    const top = list.current?.getBoundingClientRect().top ?? 0;
    setAbove(Math.round(top + window.scrollY));
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    // Rows come with the next frame; those beyond what is seen bridge it.
    useFlushSync: false,
    scrollMargin: above,
    // What is scrolled to is not hidden behind the bar at the top.
    scrollPaddingStart: above,
    scrollPaddingEnd: ROW_HEIGHT * 2,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onNearEnd();
  }, [last, rows.length, onNearEnd]);
  useEffect(() => {
    if (inSight >= 0) virtual.scrollToIndex(inSight, { align: "auto" });
    // Only when another row is to be seen: not while the person scrolls.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [inSight]);
  return (
    <ul
      ref={list}
      aria-label="Tasks"
      className="relative border-t border-line"
      style={{ height: virtual.getTotalSize() }}
    >
      {items.map((item) => {
        const row = rows[item.index];
        return row ? (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            aria-setsize={total ?? -1}
            aria-posinset={item.index + 1}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${item.start - above}px)` }}
          >
            {renderRow(row)}
          </li>
        ) : null;
      })}
    </ul>
  );
}
