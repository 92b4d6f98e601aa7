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
  /** The place of the row to scroll to, each time that `times` grows; negative while it has none. */
  sought: { index: number; times: number };
  renderRow: (row: Row) => ReactNode;
  onNearEnd: () => void;
  /** The number of rows down to the last one that is rendered. */
  onSeen: (rows: number) => void;
};

/** The list, of which only what can be seen is in the document. */
export function TaskList({ rows, total, sought, renderRow, onNearEnd, onSeen }: TaskListProps) {
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
    onSeen(last + 1);
    if (last >= rows.length - AHEAD) onNearEnd();
  }, [last, rows.length, onNearEnd, onSeen]);
  const found = useRef(sought.times);
  useEffect(() => {
    if (found.current === sought.times || sought.index < 0) return;
    found.current = sought.times;
    virtual.scrollToIndex(sought.index, { align: "auto" });
  }, [virtual, sought.times, sought.index]);
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
