import { defaultRangeExtractor, type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
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
  /** The place of a row that stays in the document however far away it is; negative for none. */
  kept: number;
  renderRow: (row: Row) => ReactNode;
  onNearEnd: () => void;
};

/** The list, of which only what can be seen is in the document. */
export function TaskList({ rows, total, sought, kept, renderRow, onNearEnd }: TaskListProps) {
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
    rangeExtractor: (range) => withKept(range, kept),
    // Rows come with the next frame; those beyond what is seen bridge it.
    useFlushSync: false,
    scrollMargin: above,
    // What is scrolled to is not hidden behind the bar at the top.
    scrollPaddingStart: above,
    scrollPaddingEnd: ROW_HEIGHT * 2,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.findLast(({ index }) => index !== kept)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - AHEAD) onNearEnd();
  }, [last, rows.length, onNearEnd]);
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

function withKept(range: Range, kept: number): number[] {
  const indexes = defaultRangeExtractor(range);
  const outside = kept >= 0 && kept < range.count && !indexes.includes(kept);
  return outside ? [...indexes, kept].sort((one, other) => one - other) : indexes;
}
