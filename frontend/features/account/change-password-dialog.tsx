"use client";

import { type SyntheticEvent, useEffect, useRef, useState } from "react";

import { usePerson } from "@/auth/person";
import { AuthRefusal } from "@/auth/person-calls";
import { PasswordField, UsernameForManagers } from "@/features/sign-in/password-field";
import { refusalInWords } from "@/features/sign-in/refusal-words";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { useToast } from "@/ui/toast";

import { useChangePassword } from "./use-credentials";

export type ChangePasswordProps = { onClose: () => void };

/** Asks for the current password and a new one. */
export function ChangePasswordDialog({ onClose }: ChangePasswordProps) {
  const { email } = usePerson();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [endsAgents, setEndsAgents] = useState(true);
  const change = useChangePassword();
  const tell = useToast();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate(
      { current, next, keepsAgents: !endsAgents },
      {
        onSuccess: () => {
          tell({
            words: endsAgents
              ? "The password is changed. All other sessions, agents and keys are ended."
              : "The password is changed. All other sessions are ended.",
          });
          onClose();
        },
      },
    );
  };
  const problem = change.error ? refusalInWords(change.error) : undefined;
  const atCurrent = change.error instanceof AuthRefusal && change.error.code === "INVALID_PASSWORD";
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (change.error) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [change.error]);
  return (
    <Dialog
      open
      lasting={change.isPending}
      onOpenChange={(open) => !open && onClose()}
      title="Change the password"
      description="You stay signed in here. Every other browser has to sign in again."
    >
      <form ref={form} onSubmit={submit} className="grid gap-4">
        <UsernameForManagers email={email} />
        <PasswordField
          label="Current password"
          kind="current-password"
          error={atCurrent ? problem : undefined}
          value={current}
          onChange={setCurrent}
        />
        <PasswordField
          label="New password"
          kind="new-password"
          hint="At least 10 characters. A sentence works well."
          error={atCurrent ? undefined : problem}
          value={next}
          onChange={setNext}
        />
        <label className="flex items-start gap-3 text-sm">
          <input
            type="checkbox"
            className="mt-0.5 size-4 shrink-0 accent-accent"
            checked={endsAgents}
            onChange={(event) => setEndsAgents(event.target.checked)}
          />
          <span>
            Also disconnect all agents and keys
            <span className="block text-muted">
              Recommended if somebody else may have used your account. You can connect them again.
            </span>
          </span>
        </label>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={change.isPending}>
            Change the password
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
