import { Calendar, Flag, Hash, Plus } from "lucide-react";
import {
  type ClipboardEvent,
  type ReactNode,
  type RefObject,
  type SyntheticEvent,
  useId,
  useState,
} from "react";

import { LIMITS } from "@/api/limits";

import { Button } from "@/ui/button";
import { Keys } from "@/ui/keys";
import { Popover } from "@/ui/popover";

import { dueOf, nameDue } from "./dates";
import { type Draft, EMPTY_DRAFT, tooLong } from "./drafts";
import { DueFields, PasteDialog, PrioritySelect, TagsInput } from "./later";
import { PRIORITY_WORDS } from "./priorities";
import { useKeptText } from "./use-kept-text";

const SEVERAL_LINES = /\S\s*[\r\n]\s*\S/;

type AddTaskProps = {
  today: string;
  onAdd: (draft: Draft) => void;
  fieldRef: RefObject<HTMLInputElement | null>;
};

/** The field that is always there: a title and Enter; the rest is kept small beside it. */
export function AddTask({ today, onAdd, fieldRef }: AddTaskProps) {
  const [draft, write] = useKeptText();
  const [pasted, setPasted] = useState<string | null>(null);
  const told = useId();
  const change = (changed: Partial<Draft>) => write({ ...draft, ...changed });
  const problem = tooLong(draft.title.trim(), LIMITS.title);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!draft.title.trim() || problem) return;
    onAdd(draft);
    write(EMPTY_DRAFT);
  };
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData("text/plain");
    if (!SEVERAL_LINES.test(text)) return;
    event.preventDefault();
    setPasted(text);
  };
  const due = dueOf(draft.day, draft.time);
  return (
    <form
      onSubmit={submit}
      className="group flex flex-wrap items-center gap-x-1 rounded-xl border border-line-strong bg-surface px-1.5 focus-within:border-accent has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-1 has-[input:focus-visible]:outline-ring"
    >
      <Plus aria-hidden className="ml-1.5 size-4 shrink-0 text-muted" />
      <input
        ref={fieldRef}
        aria-label="Add a task"
        aria-keyshortcuts="n"
        placeholder="Add a task"
        enterKeyHint="done"
        autoComplete="off"
        dir="auto"
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? told : undefined}
        value={draft.title}
        onChange={(event) => change({ title: event.target.value })}
        onPaste={paste}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        className="peer h-11 min-w-40 flex-1 bg-transparent px-1.5 text-base outline-none placeholder:text-muted"
      />
      <span className="mr-1 hidden peer-placeholder-shown:sm:block peer-focus:sm:hidden pointer-coarse:hidden">
        <Keys keys={["n"]} />
      </span>
      <div className="ml-auto flex min-w-0 items-center gap-0.5">
        <Extra label="Due" entry={fieldRef} icon={<Calendar />} words={due && nameDue(due, today)}>
          <DueFields {...draft} today={today} onChange={change} />
        </Extra>
        <Extra
          label="Priority"
          entry={fieldRef}
          icon={<Flag />}
          words={draft.priority && PRIORITY_WORDS[draft.priority]}
        >
          <PrioritySelect
            value={draft.priority}
            none="No priority"
            onChange={(priority) => change({ priority })}
          />
        </Extra>
        <Extra label="Tags" entry={fieldRef} icon={<Hash />} words={draft.tags.join(", ")}>
          <TagsInput tags={draft.tags} onChange={(tags) => change({ tags })} />
        </Extra>
        {draft.title.trim() ? (
          <Button type="submit" look="primary" size="small">
            Add
          </Button>
        ) : null}
      </div>
      <p
        id={told}
        role="alert"
        className="basis-full px-1.5 pb-1.5 text-sm text-danger empty:hidden"
      >
        {problem}
      </p>
      {pasted === null ? null : (
        <PasteDialog
          text={pasted}
          onCancel={() => setPasted(null)}
          onAdd={(tasks) => {
            setPasted(null);
            for (const task of tasks) onAdd({ ...draft, ...task });
            write(EMPTY_DRAFT);
          }}
        />
      )}
    </form>
  );
}

type ExtraProps = {
  label: string;
  icon: ReactNode;
  words: string | undefined;
  /** The title's field, in which Enter adds the task. */
  entry: RefObject<HTMLInputElement | null>;
  children: ReactNode;
};

function Extra({ label, icon, words, entry, children }: ExtraProps) {
  return (
    <Popover
      label={label}
      align="end"
      entry={entry}
      trigger={
        <Button
          look="quiet"
          size={words ? "small" : "icon"}
          aria-label={words ? `${label}: ${words}` : label}
          className="max-w-28 sm:max-w-48 [&_svg]:size-4 [&_svg]:shrink-0"
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
