import { clsx } from "clsx";
import { Calendar, RotateCcw, Trash2 } from "lucide-react";
import { memo, useEffect, useRef } from "react";

import { Button } from "@/ui/button";

import { isOverdue, nameDue } from "./dates";
import type { Row } from "./filters";
import { Deletion } from "./later";
import { PriorityFlag } from "./priorities";
import { Tick } from "./tick";
import type { Clock } from "./use-clock";

export type RowHandlers = {
  /** `byPointer` tells a pointer from a key: a pointer's action does not move the cursor. */
  onComplete: (row: Row, byPointer: boolean) => void;
  onEdit: (row: Row) => void;
  onDelete: (row: Row, byPointer: boolean) => void;
  onTag: (tag: string) => void;
  onActive: (id: number) => void;
  /** Whether it is to take the focus, told once. */
  takesFocus: (id: number) => boolean;
};

type TaskRowProps = RowHandlers & {
  row: Row;
  clock: Clock;
  /** Its controls are those that Tab goes to. */
  active: boolean;
  /** The keys act upon it. */
  chosen: boolean;
  /** Its panel is open. */
  open: boolean;
  /** Counts the times that it was to be seen. */
  sought: number;
  /** Who changed it just now, such as "Claude Code changed this". */
  touched: string | undefined;
};

/** One task on one line, two on a phone. */
export const TaskRow = memo(function TaskRow({
  row,
  clock,
  active,
  chosen,
  open,
  sought,
  touched,
  takesFocus,
  ...on
}: TaskRowProps) {
  const title = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (sought > 0 && takesFocus(row.id)) title.current?.focus({ preventScroll: true });
  }, [sought, takesFocus, row.id]);
  const trashed = row.status === "deleted";
  const tabIndex = active ? 0 : -1;
  return (
    <div
      data-task={row.id}
      onFocus={() => on.onActive(row.id)}
      className={clsx(
        "group flex items-start gap-1 border-b border-line pr-1 transition-colors hover:bg-hover",
        // The cursor of the keys differs from the pointer's.
        chosen && "shadow-[inset_3px_0_var(--accent)] pointer-coarse:shadow-none",
        open && "bg-hover",
        touched && "bg-accent-soft",
      )}
    >
      <span className="grid h-10 w-10 shrink-0 place-items-center pointer-coarse:size-11">
        {trashed ? (
          <Button
            look="quiet"
            size="icon"
            tabIndex={tabIndex}
            aria-label={`Restore ${row.title}`}
            onClick={(event) => on.onComplete(row, event.detail > 0)}
          >
            <RotateCcw aria-hidden className="size-4" />
          </Button>
        ) : (
          <Tick
            tabIndex={tabIndex}
            checked={row.completed}
            label={`Completed: ${row.title}`}
            onPress={(byPointer) => on.onComplete(row, byPointer)}
          />
        )}
      </span>
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 py-1 sm:flex-nowrap">
        <button
          ref={title}
          type="button"
          tabIndex={tabIndex}
          aria-expanded={open}
          onClick={() => on.onEdit(row)}
          className={clsx(
            "-ml-1 min-h-8 min-w-0 basis-full rounded-md px-1 py-1 text-left leading-6 break-words -outline-offset-2 sm:flex-1 sm:basis-0 pointer-coarse:min-h-9",
            row.completed && "text-muted line-through",
          )}
        >
          <span data-title dir="auto" className="block">
            {row.title}
          </span>
          {row.description ? (
            <span dir="auto" className="block truncate text-sm text-muted">
              {firstLine(row.description)}
            </span>
          ) : null}
        </button>
        <RowFacts row={row} clock={clock} tabIndex={tabIndex} touched={touched} onTag={on.onTag} />
      </div>
      <Button
        look="quiet"
        size="icon"
        tabIndex={tabIndex}
        aria-label={trashed ? `Delete ${row.title} for good` : `Delete ${row.title}`}
        onClick={(event) => on.onDelete(row, event.detail > 0)}
        className={clsx(
          "mt-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100",
          // A finger deletes in the form, which the trash has not.
          trashed ? "pointer-coarse:opacity-100" : "pointer-coarse:hidden",
        )}
      >
        <Trash2 aria-hidden className="size-4" />
      </Button>
    </div>
  );
});

function firstLine(description: string): string {
  return description.trimStart().split("\n", 1)[0]?.slice(0, 120) ?? "";
}

type RowFactsProps = Pick<TaskRowProps, "row" | "clock" | "touched" | "onTag"> & {
  tabIndex: number;
};

function RowFacts({ row, clock, tabIndex, touched, onTag }: RowFactsProps) {
  const deleted = row.status === "deleted";
  const late = row.due && !row.completed && !deleted && isOverdue(row.due, clock);
  if (!row.due && !row.priority && !row.tags?.length && !touched && !deleted) return null;
  return (
    <div className="flex min-h-6 max-w-full min-w-0 flex-wrap items-center gap-x-3 gap-y-0.5 pb-1 text-sm text-muted sm:shrink-0 sm:pb-0">
      {deleted ? <Deletion task={row.id} /> : null}
      {touched ? <span className="animate-appear text-accent">{touched}</span> : null}
      {row.tags?.map((tag) => (
        <button
          key={tag}
          type="button"
          tabIndex={tabIndex}
          onClick={() => onTag(tag)}
          className="max-w-40 truncate rounded-sm hover:text-text hover:underline pointer-coarse:min-h-6"
        >
          <span className="sr-only">Show the tag </span>#<bdi>{tag}</bdi>
        </button>
      ))}
      {row.priority ? <PriorityFlag priority={row.priority} /> : null}
      {row.due ? (
        <time
          dateTime={row.due}
          className={clsx("inline-flex items-center gap-1 tabular-nums", late && "text-danger")}
        >
          <Calendar aria-hidden className="size-3.5" />
          {nameDue(row.due, clock.day)}
          {late ? <span className="sr-only"> (overdue)</span> : null}
        </time>
      ) : null}
    </div>
  );
}
