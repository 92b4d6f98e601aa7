import { useMutation, useQueryClient } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Ban, Check, CircleDashed, Undo2 } from "lucide-react";

import { resent } from "@/api/retry";
import { undoEvent } from "@/features/tasks/commands";
import { FEED_KEY } from "@/features/tasks/feed";
import { reasonOf } from "@/features/tasks/words";
import { Button } from "@/ui/button";

import type { Change } from "./entries";
import { conversationKeys } from "./queries";
import { stepOf, type ToolPart } from "./steps";

type StepRowProps = {
  part: ToolPart;
  /** The changes of the turn, by event id. */
  changes: ReadonlyMap<number, Change>;
  conversation: number | null;
  /** The turn is still running. */
  live: boolean;
};

const ICONS = { open: CircleDashed, done: Check, refused: Ban };

/** One action of the assistant, with Undo. */
export function StepRow({ part, changes, conversation, live }: StepRowProps) {
  const step = stepOf(part);
  const change = step.event === null ? undefined : changes.get(step.event);
  const undone = change?.undone_by !== undefined;
  const undo = useUndo(conversation);
  const Icon = undone ? Undo2 : ICONS[step.state];
  const cut = step.state === "open" && !live;
  return (
    <li className="text-sm text-muted">
      <div className="flex items-center gap-2">
        <Icon
          aria-hidden
          className={clsx("size-4 shrink-0", step.state === "done" && !undone && "text-accent")}
        />
        <span dir="auto" className="min-w-0 grow py-1 [overflow-wrap:anywhere]">
          <span className={clsx(undone && "line-through")}>{step.words}</span>
          {undone ? " · undone" : null}
          {cut ? " · not finished" : null}
        </span>
        {change && !undone && change.after !== undefined ? (
          <Button
            size="small"
            look="quiet"
            busy={undo.isPending}
            onClick={() => undo.mutate(change.id)}
            aria-label={`Undo: ${step.words}`}
            className="h-7! text-accent! pointer-coarse:h-11!"
          >
            Undo
          </Button>
        ) : null}
      </div>
      {undo.error ? (
        <p role="alert" className="pl-6 text-danger">
          Not undone. {reasonOf(undo.error)}
        </p>
      ) : null}
    </li>
  );
}

function useUndo(conversation: number | null) {
  const client = useQueryClient();
  return useMutation({
    ...resent,
    mutationFn: (event: number) => undoEvent(event),
    // The button stays busy until the reloaded conversation shows the undo.
    onSettled: async () => {
      void client.invalidateQueries({ queryKey: FEED_KEY });
      if (conversation === null) return;
      await client.invalidateQueries({ queryKey: conversationKeys.one(conversation) });
    },
  });
}
