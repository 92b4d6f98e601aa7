import type { ReactNode } from "react";

import { Button } from "./button";
import { Dialog } from "./dialog";

type ConfirmDialogProps = {
  title: string;
  description: string;
  /** The words on the button that does it. */
  action: string;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  /** What it is about. */
  children?: ReactNode;
};

/** Asks before something is done that cannot be taken back. */
export function ConfirmDialog({
  title,
  description,
  action,
  busy = false,
  onConfirm,
  onClose,
  children,
}: ConfirmDialogProps) {
  return (
    <Dialog
      open
      lasting={busy}
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
    >
      {children}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" busy={busy} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
