import { X } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { flushSync } from "react-dom";

import { Input } from "@/ui/input";

import { tagProblem, withTag } from "./drafts";

type TagsInputProps = {
  tags: readonly string[];
  onChange: (tags: readonly string[]) => void;
  id?: string;
};

/** Tags, each ended by Enter or a comma. */
export function TagsInput({ tags, onChange, id }: TagsInputProps) {
  const [typed, setTyped] = useState("");
  const problem = tagProblem(tags, typed);
  const add = () => {
    if (problem) return;
    onChange(withTag(tags, typed));
    setTyped("");
  };
  const listen = (event: KeyboardEvent<HTMLInputElement>) => {
    if ((event.key === "Enter" || event.key === ",") && typed.trim()) {
      event.preventDefault();
      event.stopPropagation();
      flushSync(add);
      // Saved by its keys, with the tag in it.
      if (event.ctrlKey || event.metaKey) event.currentTarget.form?.requestSubmit();
    } else if (event.key === "Backspace" && !typed) onChange(tags.slice(0, -1));
  };
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {tags.map((tag) => (
        <span key={tag} className="flex items-center rounded-md bg-sunken pl-2 text-sm">
          <span className="break-all">
            #<bdi>{tag}</bdi>
          </span>
          <button
            type="button"
            aria-label={`Remove the tag ${tag}`}
            className="grid size-7 place-items-center rounded-md text-muted hover:text-text pointer-coarse:size-11"
            onClick={() => onChange(tags.filter((one) => one !== tag))}
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </span>
      ))}
      <Input
        {...(id ? { id } : { "aria-label": "Add a tag" })}
        className="w-auto min-w-28 flex-1"
        placeholder={tags.length > 0 ? "Another tag" : "Tag, then Enter"}
        dir="auto"
        aria-invalid={problem ? true : undefined}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={listen}
        onBlur={add}
      />
      <p role="alert" className="basis-full text-sm text-danger empty:hidden">
        {problem}
      </p>
    </div>
  );
}
