import { ConfirmDialog } from "@/ui/confirm-dialog";

import type { Row } from "./filters";

type PurgeDialogProps = { row: Row; onCancel: () => void; onPurge: (row: Row) => void };

/** Asks before a task is gone for good. */
export function PurgeDialog({ row, onCancel, onPurge }: PurgeDialogProps) {
  return (
    <ConfirmDialog
      title="Delete for good?"
      description="The task and all of its history are erased. This cannot be undone."
      action="Delete for good"
      onConfirm={() => onPurge(row)}
      onClose={onCancel}
    >
      <p dir="auto" className="mb-5 break-words">
        {row.title}
      </p>
    </ConfirmDialog>
  );
}
