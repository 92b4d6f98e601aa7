import { Trash2 } from "lucide-react";
import { type KeyboardEvent, type SyntheticEvent, useLayoutEffect, useRef } from "react";

import type { Schemas } from "@/api/client";
import { Button } from "@/ui/button";
import { Field, Input, Textarea } from "@/ui/field";

import { type Draft, draftOf, type Edits, editsOf } from "./drafts";
import { DueFields } from "./due-fields";
import type { Row } from "./filters";
import type { Written } from "./opened";
import { PrioritySelect } from "./priorities";
import { useWholeTask } from "./queries";
import { TagsInput } from "./tags-input";

type Task = Schemas["WholeTask"];

type FormProps = {
  row: Row;
  /** Whether it has left the list since the form was opened. */
  left: boolean;
  today: string;
  onWrite: (seen: Task, changed: Partial<Draft>) => void;
  onSave: (seen: Task, edits: Edits) => void;
  onClose: () => void;
  onDelete: (row: Row) => void;
  /** It is there: what is typed from now on is meant for it. */
  onReady: () => void;
  /** Counts the times that it was to be seen. */
  sought: number;
  /** Whether it is to take the focus, told once. */
  takesFocus: (id: number) => boolean;
};

type TaskEditorProps = FormProps & {
  /** The task as it was when the form was opened: what is saved is said to be a change of that. */
  opened: Row;
  written: Written | null;
};

/** A task opened in its place in the list. */
export function TaskEditor({ opened, written, ...form }: TaskEditorProps) {
  const { data, error } = useWholeTask(opened.id, opened.version);
  const seen = written?.seen ?? data;
  if (seen) return <EditForm {...form} seen={seen} draft={written?.draft ?? draftOf(seen)} />;
  if (error) {
    return (
      <div className="flex items-center justify-between gap-4 border-b border-line p-4 text-sm">
        <p role="alert">{error.message}</p>
        <Button size="small" onClick={form.onClose}>
          Close
        </Button>
      </div>
    );
  }
  return <div className="h-80 border-b border-line" />;
}

function EditForm({
  seen,
  draft,
  row,
  left,
  today,
  onWrite,
  onSave,
  onClose,
  onDelete,
  onReady,
  sought,
  takesFocus,
}: FormProps & Written) {
  const title = useRef<HTMLInputElement>(null);
  useLayoutEffect(onReady, [onReady]);
  useLayoutEffect(() => {
    if (takesFocus(row.id)) title.current?.focus();
  }, [takesFocus, row.id, sought]);
  const change = (changed: Partial<Draft>) => onWrite(seen, changed);
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!draft.title.trim()) return title.current?.focus();
    onSave(seen, editsOf(draftOf(seen), draft));
    onClose();
  };
  const listen = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save(event);
  };
  return (
    <form
      onSubmit={save}
      onKeyDown={listen}
      aria-label={`Edit ${seen.title}`}
      className="animate-appear my-2 grid gap-4 rounded-xl border border-line bg-raised p-4 shadow-float"
    >
      <p role="status" className="text-sm text-warning empty:hidden">
        {left
          ? "This task has left the list meanwhile. What you write stays here until you save it."
          : null}
      </p>
      <Field label="Title" error={draft.title.trim() ? undefined : "A task needs a title."}>
        {(wiring) => (
          <Input
            {...wiring}
            ref={title}
            maxLength={200}
            value={draft.title}
            onChange={(event) => change({ title: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description">
        {(wiring) => (
          <Textarea
            {...wiring}
            maxLength={10_000}
            value={draft.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <fieldset>
          <legend className="mb-1.5 text-sm font-medium">Due</legend>
          <DueFields {...draft} today={today} onChange={change} />
        </fieldset>
        <div className="grid content-start gap-4">
          <Field label="Priority">
            {({ id }) => (
              <PrioritySelect
                id={id}
                value={draft.priority}
                none="None"
                onChange={(priority) => change({ priority })}
              />
            )}
          </Field>
          <Field label="Tags">
            {({ id }) => (
              <TagsInput id={id} tags={draft.tags} onChange={(tags) => change({ tags })} />
            )}
          </Field>
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" size="small">
          Save
        </Button>
        <Button size="small" onClick={onClose}>
          Cancel
        </Button>
        <Button size="small" look="quiet" className="ml-auto" onClick={() => onDelete(row)}>
          <Trash2 aria-hidden className="size-4" />
          Delete
        </Button>
      </div>
    </form>
  );
}
