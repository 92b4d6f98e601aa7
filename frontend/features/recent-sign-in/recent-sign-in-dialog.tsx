"use client";

import { type SyntheticEvent, useState } from "react";

import { leave } from "@/auth/leave";
import { usePerson } from "@/auth/person";
import { postAsPerson } from "@/auth/person-calls";
import { PasswordField, UsernameForManagers } from "@/features/sign-in/password-field";
import { refusalInWords } from "@/features/sign-in/refusal-words";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";

export type RecentSignInProps = { onAnswer: (confirmed: boolean) => void };

/** Asks for the password, or for another sign-in. */
export function RecentSignInDialog({ onAnswer }: RecentSignInProps) {
  const { hasPassword } = usePerson();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onAnswer(false)}
      title="Confirm that it is you"
      description={
        hasPassword
          ? "You signed in more than ten minutes ago. Type your password to continue."
          : "You signed in more than ten minutes ago. Sign in again, then repeat the action."
      }
    >
      {hasPassword ? (
        <PasswordForm onAnswer={onAnswer} />
      ) : (
        <div className="flex justify-end gap-2">
          <Button onClick={() => onAnswer(false)}>Cancel</Button>
          <Button look="primary" onClick={() => leave.toSignIn("recent")}>
            Sign in again
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function PasswordForm({ onAnswer }: RecentSignInProps) {
  const { id, email } = usePerson();
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await postAsPerson(id, "/confirm-password", { password });
      onAnswer(true);
    } catch (error) {
      setProblem(refusalInWords(error));
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    event.stopPropagation(); // must not submit a form around the dialog
    void confirm();
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <UsernameForManagers email={email} />
      <PasswordField
        label="Password"
        kind="current-password"
        error={problem ?? undefined}
        value={password}
        onChange={setPassword}
      />
      <div className="flex justify-end gap-2">
        <Button onClick={() => onAnswer(false)}>Cancel</Button>
        <Button type="submit" look="primary" busy={busy} disabled={!password}>
          Confirm
        </Button>
      </div>
    </form>
  );
}
