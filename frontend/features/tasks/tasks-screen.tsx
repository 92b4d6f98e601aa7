"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";

import { useAccount } from "@/features/account/queries";
import { useGuessedTimezone } from "@/features/account/use-guessed-timezone";
import { useToggleChat } from "@/features/chat/chat-button";
import { useToast } from "@/ui/toast";

import { TaskActions } from "./actions";
import { AddTask } from "./add-task";
import { ConflictDialog } from "./conflict-dialog";
import type { Conflict } from "./conflicts";
import { EmptyList } from "./empty-list";
import { FilterBar } from "./filter-bar";
import { type Filters, matches, NO_FILTERS, type Row } from "./filters";
import { HelpSheet } from "./help-sheet";
import { useKeptEditing } from "./kept-editing";
import { ListProblem } from "./list-problem";
import { rowsOf } from "./lists";
import { PurgeDialog } from "./purge-dialog";
import { useTaskList } from "./queries";
import { type Shortcut, useShortcuts } from "./shortcuts";
import { TaskEditor } from "./task-editor";
import { TaskList } from "./task-list";
import { TaskRow } from "./task-row";
import { useClock } from "./use-clock";
import { useEditing } from "./use-editing";
import { useFeed } from "./use-feed";
import { useFilters } from "./use-filters";
import { useStable } from "./use-stable";
import { useTouched } from "./use-touched";

/** The list of tasks, and all that is done with it. */
export function TasksScreen() {
  const account = useAccount();
  useGuessedTimezone();
  const clock = useClock(account.data?.timezone);
  const [filters, setFilters] = useFilters();
  const [list, loadMore] = useTaskList(filters, clock?.day ?? null);
  const listed = useMemo(() => rowsOf(list.data), [list.data]);

  const client = useQueryClient();
  const tell = useToast();
  const editing = useEditing(listed, filters.sort, tell);
  const { rows, cursor, opened } = editing;
  const [conflicts, setConflicts] = useKeptEditing().conflicts;
  const askAbout = (conflict: Conflict) => setConflicts((others) => [...others, conflict]);
  const [actions] = useState(
    () =>
      new TaskActions(client, { tell, askAbout, reopen: editing.reopen, rename: cursor.rename }),
  );
  const titleOf = useCallback((id: number) => actions.caches.find(id)?.title, [actions]);
  const [touched, note] = useTouched(titleOf);
  useFeed(actions, account.data?.last_event ?? null, note);

  const [purging, setPurging] = useState<Row | null>(null);
  const [helping, setHelping] = useState(false);
  const addField = useRef<HTMLInputElement>(null);
  const searchField = useRef<HTMLInputElement>(null);

  const toggleChat = useToggleChat();

  const staysAfter = (row: Row) => matches(row, filters, clock?.day ?? "");
  const leave = (row: Row) => {
    if (!cursor.leave(row)) addField.current?.focus();
  };
  const complete = (row: Row) => {
    if (row.id < 0) return;
    if (row.status === "deleted") {
      leave(row);
      actions.restore(row);
      return;
    }
    const completed = !row.completed;
    const gone = !staysAfter({ ...row, completed, status: completed ? "completed" : "pending" });
    if (gone) leave(row);
    actions.complete(row, completed);
  };
  const remove = (row: Row) => {
    if (row.id < 0) return;
    if (row.status === "deleted") {
      setPurging(row);
      return;
    }
    if (row.id === opened?.row.id) editing.discard();
    leave(row);
    actions.remove(row);
  };
  const edit = (row: Row) => {
    if (row.id > 0 && row.status !== "deleted") editing.open(row);
  };
  const narrow = useStable((changed: Partial<Filters>) => {
    if (!editing.unsaved) editing.discard();
    setFilters(changed);
  });
  const run = (shortcut: Shortcut) => {
    // What is open is acted on in its form.
    const row = cursor.row?.id === opened?.row.id ? undefined : cursor.row;
    const does: Record<Shortcut, () => void> = {
      add: () => addField.current?.focus(),
      search: () => searchField.current?.focus(),
      next: () => cursor.move(1),
      previous: () => cursor.move(-1),
      complete: () => row && complete(row),
      edit: () => row && edit(row),
      delete: () => row && remove(row),
      undo: () => actions.undoLast(),
      pending: () => narrow({ view: "pending" }),
      completed: () => narrow({ view: "completed" }),
      all: () => narrow({ view: "all" }),
      deleted: () => narrow({ view: "deleted" }),
      help: () => setHelping(true),
      chat: toggleChat,
      leave: () => {
        if (!opened) return;
        if (editing.unsaved) cursor.focusOn(opened.row.id);
        else editing.close(opened.row);
      },
    };
    does[shortcut]();
  };
  // What is typed before the form is there is not meant for the list.
  useShortcuts(opened && !editing.ready ? null : run);

  const onComplete = useStable(complete);
  const onEdit = useStable(edit);
  const onDelete = useStable(remove);
  const showTag = useCallback((tag: string) => narrow({ tag }), [narrow]);

  const latest = touched[0];
  const conflict = conflicts[0] ?? null;
  const problem = account.error ?? (list.isFetchNextPageError ? null : list.error);
  return (
    <main className="mx-auto max-w-3xl px-3 pb-40 sm:px-6" onFocus={cursor.onFocusElsewhere}>
      <h1 className="sr-only">Tasks</h1>
      <div className="sticky top-0 z-30 -mx-3 grid gap-2 bg-canvas px-3 pt-3 pb-2 sm:-mx-6 sm:px-6">
        <AddTask
          today={clock?.day ?? ""}
          fieldRef={addField}
          onAdd={(draft) => cursor.show(actions.add(draft))}
        />
        <FilterBar
          filters={filters}
          proposeTags={() => actions.caches.tags()}
          onChange={narrow}
          searchRef={searchField}
        />
      </div>
      <div className="flex h-6 justify-between gap-4 px-1 text-sm text-muted">
        <p className="shrink-0">
          {account.data?.last_event ? `${account.data.pending} open` : null}
        </p>
        <p role="status" className="truncate text-accent">
          {latest ? `${latest.said} “${latest.title}”` : null}
        </p>
      </div>
      {problem ? (
        <ListProblem
          error={problem}
          className="py-16"
          onRetry={() => {
            void client.refetchQueries({ predicate: ({ state }) => state.error !== null });
          }}
        />
      ) : null}
      {clock && rows.length > 0 ? (
        <TaskList
          key={JSON.stringify(filters)}
          rows={rows}
          total={list.hasNextPage ? null : rows.length}
          sought={{ index: cursor.index, times: cursor.sought }}
          kept={opened ? rows.findIndex(({ id }) => id === opened.row.id) : -1}
          onNearEnd={loadMore}
          renderRow={(row) =>
            row.id === opened?.row.id ? (
              <TaskEditor
                opened={opened.row}
                written={editing.written}
                row={row}
                left={list.data !== undefined && !listed.includes(row)}
                today={clock.day}
                onWrite={editing.write}
                onSave={(seen, edits) => void actions.edit(seen, edits)}
                onClose={() => editing.close(row)}
                onDelete={remove}
                onReady={editing.onReady}
                sought={cursor.sought}
                takesFocus={cursor.takesFocus}
              />
            ) : (
              <TaskRow
                row={row}
                clock={clock}
                active={row.id === cursor.entry?.id}
                chosen={row.id === cursor.row?.id}
                sought={row.id === cursor.row?.id ? cursor.sought : 0}
                touched={touched.find(({ id }) => id === row.id)?.said}
                onComplete={onComplete}
                onEdit={onEdit}
                onDelete={onDelete}
                onTag={showTag}
                onActive={cursor.choose}
                takesFocus={cursor.takesFocus}
              />
            )
          }
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
          onShowAll={() => narrow({ ...NO_FILTERS, view: filters.view, sort: filters.sort })}
        />
      ) : null}
      <HelpSheet open={helping} onOpenChange={setHelping} />
      <PurgeDialog
        row={purging}
        onCancel={() => setPurging(null)}
        onPurge={(row) => {
          setPurging(null);
          leave(row);
          actions.purge(row);
        }}
      />
      <ConflictDialog
        conflict={conflict}
        onKeep={() => setConflicts(conflicts.slice(1))}
        onReplace={({ now, edits }) => {
          setConflicts(conflicts.slice(1));
          void actions.edit(now, edits);
        }}
      />
    </main>
  );
}
