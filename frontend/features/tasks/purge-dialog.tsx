import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";

import type { Row } from "./filters";

type PurgeDialogProps = { row: Row | null; onCancel: () => void; onPurge: (row: Row) => void };

/** Asks before a task is gone for good. */
export function PurgeDialog({ row, onCancel, onPurge }: PurgeDialogProps) {
  if (!row) return null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onCancel()}
      title="Delete for good?"
      description="The task and all of its history are erased. This cannot be undone."
    >
      <p dir="auto" className="mb-5 break-words">
        {row.title}
      </p>
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button look="danger" onClick={() => onPurge(row)}>
          Delete for good
        </Button>
      </div>
    </Dialog>
  );
}
