import { RotateCcw, Trash2 } from "lucide-react";
import { type KeyboardEvent, type Ref, type SyntheticEvent, useState } from "react";

import { LIMITS } from "@/api/limits";
import type { Schemas } from "@/api/client";
import { Button } from "@/ui/button";
import { Field, Textarea } from "@/ui/field";
import { Input } from "@/ui/input";

import { type Draft, draftOf, type Edits, editsOf, tooLong } from "./drafts";
import { DueFields } from "./due-fields";
import { isUnsaved, type KeptDraft, type Written } from "./kept-drafts";
import { PrioritySelect } from "./priority-select";
import { TagsInput } from "./tags-input";

type Task = Schemas["WholeTask"];

export type TaskFormProps = {
  /** The task as the server has it. */
  task: Task;
  /** The unsaved text that was kept when the form was opened. */
  kept: KeptDraft | null;
  titleRef: Ref<HTMLInputElement>;
  today: string;
  /** Keeps what is written, each time that it changes. */
  onWrite: (written: Written) => void;
  /** Drops what is written. */
  onDrop: () => void;
  onSave: (seen: Task, edits: Edits) => void;
  onClose: () => void;
  onDelete: (task: Task) => void;
  onRestore: (task: Task) => void;
};

/** The fields of a task. */
export function TaskForm({ task, kept, titleRef, today, onWrite, ...on }: TaskFormProps) {
  const [written, setWritten] = useState<Written | null>(kept);
  const { seen, draft } = written ?? { seen: task, draft: draftOf(task) };
  const unsaved = written !== null && isUnsaved(written);
  const trashed = task.status === "deleted";
  const change = (changed: Partial<Draft>) => {
    const next = { seen, draft: { ...draft, ...changed } };
    setWritten(next);
    onWrite(next);
  };
  const drop = () => {
    setWritten(null);
    on.onDrop();
  };
  const titleProblem = draft.title.trim()
    ? tooLong(draft.title.trim(), LIMITS.title)
    : "A task needs a title.";
  const descriptionProblem = tooLong(draft.description, LIMITS.description);
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (titleProblem || descriptionProblem || (trashed && !unsaved)) {
      form.querySelector<HTMLElement>("[aria-invalid]")?.focus();
      return;
    }
    on.onSave(seen, editsOf(draftOf(seen), draft));
    on.onClose();
  };
  const listen = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save(event);
  };
  return (
    <form
      onSubmit={save}
      onKeyDown={listen}
      aria-label={`Edit ${seen.title}`}
      className="grid gap-4"
    >
      <div role="status" className="grid gap-2 text-sm empty:hidden">
        {noticeOf(seen, task, unsaved)}
      </div>
      {trashed ? (
        <Button size="small" className="justify-self-start" onClick={() => on.onRestore(task)}>
          <RotateCcw aria-hidden className="size-4" />
          Restore
        </Button>
      ) : null}
      <fieldset disabled={trashed && !unsaved} className="grid min-w-0 gap-4">
        <Field label="Title" error={titleProblem}>
          {(wiring) => (
            <Input
              {...wiring}
              ref={titleRef}
              dir="auto"
              value={draft.title}
              onChange={(event) => change({ title: event.target.value })}
            />
          )}
        </Field>
        <Field label="Description" error={descriptionProblem}>
          {(wiring) => (
            <Textarea
              {...wiring}
              dir="auto"
              value={draft.description}
              onChange={(event) => change({ description: event.target.value })}
            />
          )}
        </Field>
        <fieldset>
          <legend className="mb-1.5 text-sm font-medium">Due</legend>
          <DueFields {...draft} today={today} onChange={change} />
        </fieldset>
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
      </fieldset>
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" size="small" disabled={trashed && !unsaved}>
          Save
        </Button>
        {unsaved ? (
          <Button size="small" onClick={drop}>
            Discard my changes
          </Button>
        ) : (
          <Button size="small" onClick={on.onClose}>
            Close
          </Button>
        )}
        {trashed ? null : (
          <Button
            size="small"
            look="quiet"
            className="ml-auto"
            onClick={() => {
              on.onDelete(task);
              on.onClose();
            }}
          >
            <Trash2 aria-hidden className="size-4" />
            Delete
          </Button>
        )}
      </div>
    </form>
  );
}

const BECAME = {
  pending: "This task was reopened meanwhile.",
  completed: "This task was completed meanwhile.",
  deleted: "This task was moved to the trash meanwhile.",
};

function noticeOf(seen: Task, task: Task, unsaved: boolean): string | null {
  if (!unsaved) return task.status === "deleted" ? "This task is in the trash." : null;
  const kept = "Your changes are not saved yet. They stay here until you save or discard them.";
  if (seen.version >= task.version) return kept;
  const became = seen.status === task.status ? "This task was changed meanwhile." : "";
  return `${became || BECAME[task.status]} ${kept}`;
}
