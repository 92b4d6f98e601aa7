"use client";

import { type SyntheticEvent, useState } from "react";

import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";

import { useErase } from "./use-erase";

const WORD = "erase";

/** Erases the list and the account, after the person has typed a confirmation. */
export function Erase() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        Erase everything
      </Button>
      {open ? <EraseDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function EraseDialog({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const erase = useErase();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (typed !== WORD) return;
    erase.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title="Erase everything?"
      description="All tasks, the trash, the whole history and your account are deleted at once, and every agent loses its access. This cannot be undone. You can export your data first."
    >
      <form onSubmit={submit} className="grid gap-4">
        <Field label={`Type “${WORD}” to continue`} error={erase.error?.message}>
          {(wiring) => (
            <Input
              {...wiring}
              autoComplete="off"
              autoCapitalize="none"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" disabled={typed !== WORD} busy={erase.isPending}>
            Erase everything
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
