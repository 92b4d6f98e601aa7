import { Dialog } from "@/ui/dialog";
import { Keys } from "@/ui/keys";

import { type Shortcut, SHORTCUTS } from "./shortcuts";

const WORDS: Record<Shortcut, string> = {
  add: "Add a task",
  chat: "Open or close the chat",
  search: "Search",
  next: "Next task",
  previous: "Previous task",
  complete: "Complete or reopen it; restore it from the trash",
  edit: "Open it",
  delete: "Move it to the trash; in the trash, for good",
  undo: "Undo what you did last",
  pending: "Open tasks",
  completed: "Completed tasks",
  all: "Both",
  deleted: "The trash",
  leave: "Close the task; what you wrote stays",
  help: "These keys",
};

const IN_A_FORM = { keys: ["Ctrl", "Enter"], words: "Save what is being edited" };

/** How a key is written for people. */
function nameOfKey(key: string): string {
  return { ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" }[key] ?? key;
}

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
        {[...SHORTCUTS.map(({ keys, does }) => ({ keys, words: WORDS[does] })), IN_A_FORM].map(
          ({ keys, words }) => (
            <div key={words} className="flex items-center justify-between gap-4">
              <dt className="order-2 shrink-0">
                <Keys keys={keys.map(nameOfKey)} />
              </dt>
              <dd className="text-muted">{words}</dd>
            </div>
          ),
        )}
      </dl>
    </Dialog>
  );
}
