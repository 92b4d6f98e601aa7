"use client";

import { useIsMutating, useQueryClient } from "@tanstack/react-query";
import { clsx } from "clsx";
import { useCallback, useMemo, useRef, useState } from "react";

import { useAccount } from "@/features/account/queries";
import { useToggleChat } from "@/features/chat/chat-button";
import { usePreloaded, useShown } from "@/ui/later";
import { useHydrated } from "@/ui/use-hydrated";

import { AddTask } from "./add-task";
import { COMMANDS_KEY } from "./commands";
import { useConflicts } from "./conflicts";
import { withFilter } from "./drafts";
import { FilterBar } from "./filter-bar";
import { isWholeTrash, type Row } from "./filters";
import {
  ConflictDialog,
  EmptyList,
  EmptyTrash,
  FilterFields,
  GuessedTimezone,
  HelpSheet,
  OthersChanges,
  PurgeDialog,
  TaskPanel,
} from "./later";
import { ListProblem } from "./list-problem";
import { ListStatus } from "./list-status";
import { rowOf, rowsOf } from "./lists";
import { useTaskList } from "./queries";
import { type Shortcut, useShortcuts } from "./shortcuts";
import { TaskList } from "./task-list";
import { TaskRow } from "./task-row";
import { useClock } from "./use-clock";
import { useCommands } from "./use-commands";
import { useCursor } from "./use-cursor";
import { countOf, useFilters } from "./use-filters";
import { useFocusAfterwards } from "./use-focus-afterwards";
import { useOneClick } from "./use-one-click";
import { useScrollPadding } from "./use-scroll-padding";
import { useStable } from "./use-stable";
import { useTaskPanel } from "./use-task-panel";
import { useTouched } from "./use-touched";

const BAR = "top-0 z-30 -mx-3 bg-canvas px-3 sm:-mx-6 sm:px-6 [@media(max-height:30rem)]:static!";

/** The list of tasks, and all that is done with it. */
export function TasksScreen() {
  const account = useAccount();
  const clock = useClock(account.data?.timezone);
  const [filters, setFilters] = useFilters();
  const [list, loadMore] = useTaskList(filters, clock?.day ?? null);
  const rows = useMemo(() => rowsOf(list.data), [list.data]);

  const client = useQueryClient();
  const cursor = useCursor(rows);
  const panel = useTaskPanel();
  const [conflicts, askAbout, answerConflict] = useConflicts();
  const commands = useCommands(cursor, panel, askAbout);
  const [touched, note] = useTouched();

  const [purging, setPurging] = useState<Row | null>(null);
  const [helping, setHelping] = useState(false);
  const addField = useRef<HTMLInputElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  useScrollPadding(bar);
  useOneClick();
  const toggleChat = useToggleChat();
  const hydrated = useHydrated();
  useShown(!list.isPending);
  usePreloaded(TaskPanel);
  usePreloaded(FilterFields);
  usePreloaded(EmptyList);
  const leave = (row: Row) => cursor.leave(row) || addField.current?.focus();
  const complete = (row: Row, byPointer = false) => {
    const stays = filters.view === "all";
    if (!stays && !byPointer) leave(row);
    if (row.status === "deleted") void commands.make({ kind: "restore", task: row });
    else void commands.make({ kind: "complete", task: row, completed: !row.completed });
  };
  const remove = (row: Row, byPointer = false) => {
    if (row.status !== "deleted" && !byPointer) leave(row);
    if (row.status === "deleted") setPurging(row);
    else void commands.make({ kind: "delete", task: row });
  };
  useFocusAfterwards(panel.id, cursor.focusOnRowOrEntry);
  const run = (shortcut: Shortcut) => {
    if (panel.isOpening()) return; // typed for the panel, before it is there
    // The open task is changed in its panel.
    const row = cursor.row?.id === panel.id ? undefined : cursor.row;
    const does: Record<Shortcut, () => void> = {
      add: () => addField.current?.focus(),
      search: () => searchField.current?.focus(),
      next: () => cursor.move(1),
      previous: () => cursor.move(-1),
      complete: () => row && complete(row),
      edit: () => row && panel.open(row.id),
      delete: () => row && remove(row),
      undo: () => void commands.undoLast(),
      pending: () => setFilters({ view: "pending" }),
      completed: () => setFilters({ view: "completed" }),
      all: () => setFilters({ view: "all" }),
      deleted: () => setFilters({ view: "deleted" }),
      help: () => setHelping(true),
      chat: toggleChat,
      leave: () => panel.id !== null && panel.close(),
    };
    does[shortcut]();
  };
  useShortcuts(run);

  const onComplete = useStable(complete);
  const onEdit = useStable((row: Row) => panel.open(row.id));
  const onDelete = useStable(remove);
  const showTag = useCallback((tag: string) => setFilters({ tag }), [setFilters]);

  const count = list.data && countOf(filters, rows.length, list.hasNextPage, account.data);
  const problem = account.error ?? (list.isFetchNextPageError ? null : list.error);
  return (
    <main className="column px-3 pb-40 sm:px-6" onFocus={cursor.onFocusElsewhere}>
      <h1 className="sr-only">Tasks</h1>
      {account.data && !account.data.created_at ? <GuessedTimezone account={account.data} /> : null}
      {/* On a phone, only the field stays at the top; in a low window nothing does. */}
      <div ref={bar} className={clsx(BAR, "contents gap-2 sm:sticky sm:grid sm:pt-3 sm:pb-2")}>
        <div className={clsx(BAR, "max-sm:sticky max-sm:py-1 sm:contents")}>
          <AddTask
            today={clock?.day ?? ""}
            fieldRef={addField}
            onAdd={(written) => {
              const draft = withFilter(written, filters, clock?.day ?? "");
              void commands.make({ kind: "add", draft });
            }}
          />
        </div>
        <FilterBar
          filters={filters}
          proposeTags={() => commands.caches.tags()}
          onChange={setFilters}
          searchRef={searchField}
        />
      </div>
      <ListStatus
        count={count ?? null}
        waiting={useIsMutating({ mutationKey: COMMANDS_KEY })}
        openTask={panel.id}
        onOpen={panel.open}
      >
        {count && rows.length > 0 && isWholeTrash(filters) ? (
          <EmptyTrash count={count} rows={rows} />
        ) : null}
      </ListStatus>
      {problem ? (
        <ListProblem
          error={problem}
          className="py-16"
          onRetry={() =>
            void client.refetchQueries({ predicate: ({ state }) => state.error !== null })
          }
        />
      ) : null}
      {clock && rows.length > 0 ? (
        <TaskList
          key={JSON.stringify(filters)}
          rows={rows}
          total={list.hasNextPage ? null : rows.length}
          sought={{ index: cursor.index, times: cursor.sought }}
          onNearEnd={loadMore}
          onSeen={commands.caches.noteInView}
          renderRow={(row) => (
            <TaskRow
              row={row}
              clock={clock}
              active={row.id === cursor.entry?.id}
              chosen={row.id === cursor.row?.id}
              open={row.id === panel.id}
              sought={row.id === cursor.row?.id ? cursor.sought : 0}
              touched={touched.find(({ id }) => id === row.id)?.said}
              onComplete={onComplete}
              onEdit={onEdit}
              onDelete={onDelete}
              onTag={showTag}
              onActive={cursor.choose}
              takesFocus={cursor.takesFocus}
            />
          )}
        />
      ) : null}
      {list.isFetchNextPageError ? (
        <ListProblem
          error={list.error}
          className="py-6"
          onRetry={() => void list.fetchNextPage()}
        />
      ) : null}
      {list.data && rows.length === 0 ? (
        <EmptyList
          filters={filters}
          untouched={account.data?.last_task === 0}
          onAdd={() => addField.current?.focus()}
          onShowAll={() => setFilters({ due: null, priority: null, tag: null, search: "" })}
        />
      ) : null}
      {hydrated && panel.id !== null ? (
        <TaskPanel
          key={panel.id}
          id={panel.id}
          kept={panel.kept}
          today={clock?.day ?? null}
          onWrite={panel.write}
          onDrop={panel.drop}
          onSave={(seen, edits) => {
            void commands.make({ kind: "edit", task: seen, edits, text: panel.text() });
          }}
          onClose={panel.close}
          onDelete={(task) => remove(rowOf(task))}
          onRestore={(task) => void commands.make({ kind: "restore", task: rowOf(task) })}
          onReady={panel.onReady}
        />
      ) : null}
      {account.data && !list.isPending ? (
        <OthersChanges commands={commands} from={account.data.last_event} onEvents={note} />
      ) : null}
      {helping ? <HelpSheet open onOpenChange={setHelping} /> : null}
      {purging ? (
        <PurgeDialog
          row={purging}
          onCancel={() => setPurging(null)}
          onPurge={(row) => {
            setPurging(null);
            leave(row);
            void commands.make({ kind: "purge", task: row });
          }}
        />
      ) : null}
      {conflicts[0] ? (
        <ConflictDialog
          conflict={conflicts[0]}
          commands={commands}
          onAnswered={answerConflict}
          onEdit={panel.reopen}
        />
      ) : null}
    </main>
  );
}
