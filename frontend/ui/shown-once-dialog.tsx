import type { ReactNode } from "react";

import { Button } from "./button";
import { Code } from "./code";
import { Dialog } from "./dialog";

type ShownOnceDialogProps = {
  title: string;
  description: string;
  secret: string;
  /** What is copied, for screen readers. */
  label: string;
  onClose: () => void;
  children?: ReactNode;
};

/** Shows what no later answer contains, until the person says that they have kept it. */
export function ShownOnceDialog({
  title,
  description,
  secret,
  label,
  onClose,
  children,
}: ShownOnceDialogProps) {
  return (
    <Dialog
      open
      lasting
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
    >
      <Code text={secret} label={label} />
      {children}
      <Button look="primary" className="mt-5 w-full" onClick={onClose}>
        I have kept it
      </Button>
    </Dialog>
  );
}
