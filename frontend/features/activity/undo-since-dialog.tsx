import { useState } from "react";

import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";

import { undoneInWords } from "./fields";
import { momentIn } from "./filters";
import { useDryRun } from "./queries";
import { useUndoAll } from "./undo-all";
import { deedOf } from "./summaries";
import { capital } from "./words";

type UndoSinceDialogProps = {
  /** The agent. */
  client_id: string;
  name: string;
  timezone: string;
  today: string;
  onClose: () => void;
};

type Listed = { event: number; fields?: readonly string[] };

/** Shows what an undo of everything that an agent did since a time would do, then does it. */
export function UndoSinceDialog({
  client_id,
  name,
  timezone,
  today,
  onClose,
}: UndoSinceDialogProps) {
  const [from, setFrom] = useState(`${today}T00:00`);
  const since = Number.isNaN(Date.parse(`${from}Z`)) ? null : momentIn(timezone, from);
  const { data, error, isFetching } = useDryRun(since === null ? null : { client_id, since });
  const [undoAll, busy] = useUndoAll();
  const deed = (id: number) => {
    const event = data?.events.get(id);
    return event ? capital(deedOf(event)) : `Change ${id}`;
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Undo everything by ${name}?`}
      description="Nothing is undone before you have seen what it would be."
    >
      <Field label="Since">
        {(wiring) => (
          <Input
            {...wiring}
            type="datetime-local"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
        )}
      </Field>
      <div role="status" aria-busy={isFetching} className="mt-4 min-h-24 text-sm">
        {error ? <p className="text-danger">{error.message}</p> : null}
        {data ? (
          <>
            <p className="font-medium">
              {undoneInWords(data.undone.length, data.left.length, true)}.
            </p>
            <Deeds of={data.undone} deed={deed} />
            {data.left.length > 0 ? (
              <>
                <p className="mt-3 font-medium">Left as it is, because it was changed since:</p>
                <Deeds of={data.left} deed={deed} />
              </>
            ) : null}
          </>
        ) : error ? null : (
          <p className="text-muted">Looking…</p>
        )}
      </div>
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          busy={busy}
          disabled={!data || isFetching || data.undone.length === 0}
          onClick={() => since !== null && undoAll({ client_id, since }, onClose)}
        >
          {data ? `Undo ${data.undone.length}` : "Undo"}
        </Button>
      </div>
    </Dialog>
  );
}

const SHOWN = 20;

function Deeds({ of, deed }: { of: readonly Listed[]; deed: (id: number) => string }) {
  const more = of.length - SHOWN;
  return (
    <ul className="mt-1 list-disc ps-5 text-muted">
      {of.slice(0, SHOWN).map(({ event, fields = [] }) => (
        <li key={event} dir="auto" className="break-words">
          {deed(event)}
          {fields.length > 0 ? ` (${fields.join(", ")})` : null}
        </li>
      ))}
      {more > 0 ? <li>and {more} more</li> : null}
    </ul>
  );
}
