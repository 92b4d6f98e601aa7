import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";

import { type Conflict, fieldIn } from "./conflicts";

const WORDS = {
  title: "Title",
  description: "Description",
  due: "Due",
  priority: "Priority",
  tags: "Tags",
};

type ConflictDialogProps = {
  conflict: Conflict | null;
  onKeep: (conflict: Conflict) => void;
  onReplace: (conflict: Conflict) => void;
  /** Takes the task out of the trash and saves the change. */
  onRestore: (conflict: Conflict) => void;
  /** Opens the form again with what was written. */
  onEdit: (conflict: Conflict) => void;
};

/** Shows what somebody else made of the same fields, and lets the person choose. */
export function ConflictDialog({
  conflict,
  onKeep,
  onReplace,
  onRestore,
  onEdit,
}: ConflictDialogProps) {
  if (!conflict) return null;
  const { now, edits, fields } = conflict;
  const trashed = now.status === "deleted";
  return (
    <Dialog
      open
      wide
      lasting
      onOpenChange={(open) => !open && onKeep(conflict)}
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
            <Button onClick={() => onRestore(conflict)}>Restore with my change</Button>
          ) : (
            <>
              <Button onClick={() => onEdit(conflict)}>Edit mine again</Button>
              <Button onClick={() => onReplace(conflict)}>Save mine</Button>
            </>
          )}
          <Button look="primary" onClick={() => onKeep(conflict)}>
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
