"use client";

import Link from "next/link";
import { useState } from "react";

import { authClient } from "@/auth/client";
import { KEEP_AGENTS_HEADER } from "@/auth/keep-agents-header";
import { Checkbox } from "@/ui/checkbox";
import { Field, Input } from "@/ui/field";

import { Form } from "./form";
import { field, useForm } from "./use-form";

/** Sets a new password with the token of a link. This ends all earlier sessions, and all agents and
 * keys unless the person keeps them. */
export function ResetPasswordForm({ token }: { token: string }) {
  const [done, setDone] = useState(false);
  const [endsAgents, setEndsAgents] = useState(true);
  const { problem, busy, submit } = useForm(
    (fields) =>
      authClient.resetPassword(
        { newPassword: field(fields, "password"), token },
        { headers: endsAgents ? {} : { [KEEP_AGENTS_HEADER]: "1" } },
      ),
    () => setDone(true),
  );
  if (done) {
    return (
      <div role="status">
        <h1 className="text-xl font-semibold">The password is changed</h1>
        <p className="mt-2 text-muted">
          You are signed out everywhere
          {endsAgents ? ", and all agents and keys are disconnected" : null}.
        </p>
        <Link
          href="/sign-in"
          className="mt-4 inline-block text-accent underline underline-offset-4"
        >
          Sign in
        </Link>
      </div>
    );
  }
  return (
    <Form
      title="A new password"
      send="Change the password"
      problem={problem}
      busy={busy}
      onSubmit={submit}
    >
      <Field label="New password" hint="At least 10 characters. A sentence works well.">
        {(wiring) => (
          <Input
            {...wiring}
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={10}
            maxLength={128}
            required
          />
        )}
      </Field>
      <div className="flex items-start gap-3">
        <Checkbox
          id="ends-agents"
          checked={endsAgents}
          onChange={setEndsAgents}
          className="mt-0.5"
        />
        <label htmlFor="ends-agents" className="text-sm">
          Also disconnect all agents and keys
          <span className="block text-muted">
            Recommended if somebody else may have used your account. You can connect them again.
          </span>
        </label>
      </div>
    </Form>
  );
}
