import { LIMITS } from "@/api/limits";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";

import { type Draft, tooLong } from "./drafts";
import { linesOf } from "./pasted-lines";

type PasteDialogProps = {
  text: string;
  onAdd: (tasks: Partial<Draft>[]) => void;
  onCancel: () => void;
};

const SHOWN = 8;

/** Asks whether pasted lines are several tasks, or one task with a description. */
export function PasteDialog({ text, onAdd, onCancel }: PasteDialogProps) {
  const lines = linesOf(text);
  const [first = "", ...rest] = lines;
  const long = lines.some((line) => tooLong(line, LIMITS.title));
  const description = tooLong(rest.join("\n"), LIMITS.description);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onCancel()}
      title={`Add ${lines.length} tasks?`}
      description="You pasted several lines."
    >
      <ul className="mb-5 grid list-disc gap-1 ps-5 text-sm">
        {lines.slice(0, SHOWN).map((line, index) => (
          <li key={index} dir="auto" className="break-words">
            {line}
          </li>
        ))}
        {lines.length > SHOWN ? <li>{`and ${lines.length - SHOWN} more`}</li> : null}
      </ul>
      {long ? (
        <p className="mb-4 text-sm text-danger">
          {`A title has at most ${LIMITS.title} characters, and one of the lines has more. Shorten it, then paste again.`}
        </p>
      ) : null}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          disabled={Boolean(tooLong(first, LIMITS.title) ?? description)}
          onClick={() => onAdd([{ title: first, description: rest.join("\n") }])}
        >
          One task with a description
        </Button>
        <Button
          look="primary"
          disabled={long}
          onClick={() => onAdd(lines.map((title) => ({ title })))}
        >
          {`Add ${lines.length} tasks`}
        </Button>
      </div>
    </Dialog>
  );
}
