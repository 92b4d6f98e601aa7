"use client";

import { useState } from "react";

import { authClient } from "@/auth/client";
import { Field, Input } from "@/ui/field";

import { Form } from "./form";
import { field, useForm } from "./use-form";

/** Requests an e-mail with a link. The answer is the same for known and unknown addresses. */
export function ForgotPasswordForm() {
  const [sent, setSent] = useState(false);
  const { problem, busy, submit } = useForm(
    (fields) =>
      authClient.requestPasswordReset({
        email: field(fields, "email"),
        redirectTo: "/reset-password",
      }),
    () => setSent(true),
  );
  if (sent) {
    return (
      <div role="status">
        <h1 className="text-xl font-semibold">Check your e-mail</h1>
        <p className="mt-2 text-muted">
          If there is an account with this address, an e-mail with a link is on its way.
        </p>
      </div>
    );
  }
  return (
    <Form
      title="A new password"
      send="Send the e-mail"
      problem={problem}
      busy={busy}
      onSubmit={submit}
    >
      <Field label="E-mail">
        {(wiring) => (
          <Input {...wiring} name="email" type="email" autoComplete="username" required />
        )}
      </Field>
    </Form>
  );
}
