import { Dialog } from "@/ui/dialog";
import { Keys } from "@/ui/keys";

import { nameOfKey, SHORTCUTS } from "./shortcuts";

const IN_A_FORM = [{ keys: ["Ctrl", "Enter"], words: "Save what is being edited" }] as const;

/** All that the keyboard does. */
export function HelpSheet({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys">
      <dl className="grid gap-y-2 text-sm">
        {[...SHORTCUTS, ...IN_A_FORM].map(({ keys, words }) => (
          <div key={words} className="flex items-center justify-between gap-4">
            <dt className="order-2 shrink-0">
              <Keys keys={keys.map(nameOfKey)} />
            </dt>
            <dd className="text-muted">{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
