import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";

import { type Conflict, fieldIn } from "./conflicts";
import { draftOf, edited } from "./drafts";
import { dropText, type Written } from "./kept-drafts";
import type { TaskCommands } from "./task-commands";

const WORDS = {
  title: "Title",
  description: "Description",
  due: "Due",
  priority: "Priority",
  tags: "Tags",
};

type ConflictDialogProps = {
  conflict: Conflict;
  commands: TaskCommands;
  onAnswered: () => void;
  /** Opens the form again with what was written. */
  onEdit: (written: Written) => void;
};

/** Shows what somebody else made of the same fields, and lets the person choose. */
export function ConflictDialog({ conflict, commands, onAnswered, onEdit }: ConflictDialogProps) {
  const { now, edits, fields, text } = conflict;
  const trashed = now.status === "deleted";
  const keep = () => {
    onAnswered();
    dropText(text);
  };
  const replace = () => {
    onAnswered();
    void commands.make({ kind: "edit", task: now, edits, text });
  };
  /** Takes the task out of the trash, then changes it. */
  const restore = async () => {
    onAnswered();
    const restored = await commands.make({ kind: "restore", task: now });
    if (restored) await commands.make({ kind: "edit", task: { ...now, ...restored }, edits, text });
  };
  const edit = () => {
    keep();
    onEdit({ seen: now, draft: draftOf(edited(now, edits)) });
  };
  return (
    <Dialog
      open
      wide
      lasting
      onOpenChange={(open) => !open && keep()}
      title="This was changed while you were editing"
      description={
        trashed
          ? "The task is in the trash now, so your change was not saved."
          : "Your change was not saved. Choose the text to keep. Nothing is lost before you do."
      }
    >
      <div className="grid gap-4 text-sm">
        {fields.map((field) => (
          <section key={field} aria-label={WORDS[field]} className="grid gap-2 sm:grid-cols-2">
            <Version heading={`${WORDS[field]} as it is now`} words={fieldIn(now, field)} />
            <Version heading="What you wrote" words={fieldIn(edits, field)} />
          </section>
        ))}
        <div className="flex flex-wrap justify-end gap-2">
          {trashed ? (
            <Button onClick={() => void restore()}>Restore with my change</Button>
          ) : (
            <>
              <Button onClick={edit}>Edit mine again</Button>
              <Button onClick={replace}>Save mine</Button>
            </>
          )}
          <Button look="primary" onClick={keep}>
            {trashed ? "Leave it in the trash" : "Keep it as it is now"}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Version({ heading, words }: { heading: string; words: string }) {
  return (
    <div className="min-w-0 rounded-lg border border-line p-3">
      <h3 className="mb-1 text-xs text-muted">{heading}</h3>
      <p dir="auto" className="max-h-40 overflow-y-auto break-words whitespace-pre-wrap">
        {words || <span className="text-muted">Empty</span>}
      </p>
    </div>
  );
}
