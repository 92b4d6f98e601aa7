import { useToast } from "@/ui/toast";
import { newKey } from "@/ui/new-key";

import { undoneInWords } from "./fields";
import { type Range, type Since, useUndoMany } from "./queries";

/** Undoes changes of one client with one press, and says how many were undone and left. */
export function useUndoAll() {
  const undo = useUndoMany();
  const tell = useToast();
  const press = (which: Range | Since, done?: () => void) =>
    undo.mutate(
      { ...which, key: newKey() },
      {
        onSuccess: ({ undone, left }) => {
          const why =
            left.length > 0 ? ". What is left was changed since, or cannot be undone." : "";
          tell({ words: undoneInWords(undone.length, left.length) + why });
          done?.();
        },
        onError: (error) => tell({ words: `Nothing was undone. ${error.message}`, danger: true }),
      },
    );
  return [press, undo.isPending] as const;
}
