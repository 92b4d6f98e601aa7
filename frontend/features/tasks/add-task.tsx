import { Calendar, Flag, Hash, Plus } from "lucide-react";
import { type ReactNode, type Ref, type SyntheticEvent, useState } from "react";

import { Button } from "@/ui/button";
import { Keys } from "@/ui/keys";
import { Popover } from "@/ui/popover";

import { dueOf, nameDue } from "./dates";
import { type Draft, EMPTY_DRAFT } from "./drafts";
import { DueFields } from "./due-fields";
import { PRIORITY_WORDS, PrioritySelect } from "./priorities";
import { TagsInput } from "./tags-input";

const LONGEST_TITLE = 200;

type AddTaskProps = {
  today: string;
  onAdd: (draft: Draft) => void;
  fieldRef: Ref<HTMLInputElement>;
};

/** The field that is always there: a title and Enter; the rest is kept small beside it. */
export function AddTask({ today, onAdd, fieldRef }: AddTaskProps) {
  const [draft, setDraft] = useState<Draft>(EMPTY_DRAFT);
  const change = (changed: Partial<Draft>) => setDraft((now) => ({ ...now, ...changed }));
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!draft.title.trim()) return;
    onAdd(draft);
    setDraft(EMPTY_DRAFT);
  };
  const due = dueOf(draft.day, draft.time);
  return (
    <form
      onSubmit={submit}
      className="flex flex-wrap items-center gap-x-1 rounded-xl border border-line-strong bg-surface px-1.5 focus-within:border-accent"
    >
      <Plus aria-hidden className="ml-1.5 size-4 shrink-0 text-muted" />
      <input
        ref={fieldRef}
        aria-label="Add a task"
        aria-keyshortcuts="n"
        placeholder="Add a task"
        enterKeyHint="done"
        autoComplete="off"
        maxLength={LONGEST_TITLE}
        value={draft.title}
        onChange={(event) => change({ title: event.target.value })}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        className="peer h-11 min-w-0 flex-1 bg-transparent px-1.5 text-base outline-none placeholder:text-muted"
      />
      <span className="mr-1 hidden peer-placeholder-shown:sm:block peer-focus:sm:hidden pointer-coarse:hidden">
        <Keys keys={["n"]} />
      </span>
      <div className="flex items-center gap-0.5">
        <Extra label="Due" icon={<Calendar />} words={due && nameDue(due, today)}>
          <DueFields {...draft} today={today} onChange={change} />
        </Extra>
        <Extra
          label="Priority"
          icon={<Flag />}
          words={draft.priority && PRIORITY_WORDS[draft.priority]}
        >
          <PrioritySelect
            value={draft.priority}
            none="No priority"
            onChange={(priority) => change({ priority })}
          />
        </Extra>
        <Extra label="Tags" icon={<Hash />} words={draft.tags.join(", ")}>
          <TagsInput tags={draft.tags} onChange={(tags) => change({ tags })} />
        </Extra>
        {draft.title.trim() ? (
          <Button type="submit" look="primary" size="small">
            Add
          </Button>
        ) : null}
      </div>
    </form>
  );
}

type ExtraProps = {
  label: string;
  icon: ReactNode;
  words: string | undefined;
  children: ReactNode;
};

function Extra({ label, icon, words, children }: ExtraProps) {
  return (
    <Popover
      label={label}
      align="end"
      trigger={
        <Button
          look="quiet"
          size={words ? "small" : "icon"}
          aria-label={words ? `${label}: ${words}` : label}
          className="max-w-36 [&_svg]:size-4 [&_svg]:shrink-0"
        >
          {icon}
          {words ? <span className="truncate text-text">{words}</span> : null}
        </Button>
      }
    >
      <div className="w-72">{children}</div>
    </Popover>
  );
}
