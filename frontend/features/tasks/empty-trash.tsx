import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { answered, api } from "@/api/client";
import { resent } from "@/api/retry";
import { ACCOUNT_KEY } from "@/features/account/queries";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { useToast } from "@/ui/toast";

import { LISTS_KEY } from "./caches";
import type { Row } from "./filters";

type EmptyTrashProps = {
  /** How many tasks the trash holds, in words. */
  count: string;
  rows: readonly Row[];
};

/** Offers to delete for good what is in the trash, and asks before. What was deleted after the newest of
 * these rows, and the person has not seen, stays. */
export function EmptyTrash({ count, rows }: EmptyTrashProps) {
  const [asked, setAsked] = useState<number | null>(null);
  const empty = useEmptyTrash(() => setAsked(null));
  return (
    <>
      <Button
        look="quiet"
        size="small"
        onClick={() => setAsked(Math.max(...rows.map(({ version }) => version)))}
      >
        Empty the trash
      </Button>
      {asked === null ? null : (
        <ConfirmDialog
          title="Empty the trash?"
          description={`${count}. These tasks and all of their history are erased. This cannot be undone.`}
          action="Delete all for good"
          busy={empty.isPending}
          onConfirm={() => empty.mutate(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

/** The server deletes some tasks in a call. A call that is sent again deletes what is left. */
function useEmptyTrash(onEnd: () => void) {
  const client = useQueryClient();
  const tell = useToast();
  return useMutation({
    ...resent,
    mutationFn: async (up_to: number) => {
      const params = { path: { user_id: "me" }, query: { up_to } };
      for (let purged = 0; ;) {
        const some = await answered(api.DELETE("/api/{user_id}/trash", { params }));
        purged += some.purged;
        if (!some.more) return purged;
      }
    },
    onSuccess: (purged) =>
      tell({ words: `${purged === 1 ? "1 task is" : `${purged} tasks are`} deleted for good` }),
    onError: (error) => tell({ words: `The trash is not empty. ${error.message}`, danger: true }),
    onSettled: () => {
      onEnd();
      void client.invalidateQueries({ queryKey: ACCOUNT_KEY });
      void client.invalidateQueries({ queryKey: LISTS_KEY });
    },
  });
}
