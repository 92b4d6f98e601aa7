"use client";

import Link from "next/link";
import { useState } from "react";

import { authClient } from "@/auth/client";
import { Field, Input } from "@/ui/field";

import { Form } from "./form";
import { field, useForm } from "./use-form";

/** A new password, by the token of a link; every session of before is ended. */
export function ResetPasswordForm({ token }: { token: string }) {
  const [done, setDone] = useState(false);
  const { problem, busy, submit } = useForm(
    (fields) => authClient.resetPassword({ newPassword: field(fields, "password"), token }),
    () => setDone(true),
  );
  if (done) {
    return (
      <div role="status">
        <h1 className="text-xl font-semibold">The password is changed</h1>
        <p className="mt-2 text-muted">You are signed out everywhere else.</p>
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
      <Field label="New password" hint="At least 10 characters. A sentence is a good one.">
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
    </Form>
  );
}
