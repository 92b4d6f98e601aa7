"use client";

import Link from "next/link";
import { useState } from "react";

import { authClient } from "@/auth/client";
import { confirmedPath } from "@/auth/paths";
import { startSession } from "@/auth/proof";
import type { Offered } from "@/auth/server/offered";
import { Field, Input } from "@/ui/field";

import { Form } from "./form";
import { SocialButtons } from "./social-buttons";
import { field, useForm } from "./use-form";

type SignUpProps = {
  offered: Offered;
  /** Whether the form asks for the code from the server's terminal. */
  asksForCode: boolean;
  next: string;
  query: string;
};

/** Sign-up. If e-mail is configured, the address must be confirmed before it can sign in. */
export function SignUpForm({ offered, asksForCode, next, query }: SignUpProps) {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { problem, busy, submit } = useForm(
    async (fields) => {
      const email = field(fields, "email");
      const code = field(fields, "code");
      const asked = {
        name: field(fields, "name") || email.replace(/@.*/, ""),
        email,
        password: field(fields, "password"),
        callbackURL: confirmedPath(next),
        ...(code && { code }),
      };
      const answer = await startSession((headers) => authClient.signUp.email(asked, { headers }));
      if (!answer.error && offered.mail) setSentTo(email);
      return answer;
    },
    () => {
      if (!offered.mail) window.location.assign(next);
    },
  );
  if (sentTo) {
    return (
      <div role="status">
        <h1 className="text-xl font-semibold">Check your e-mail</h1>
        <p className="mt-2 text-muted">
          An e-mail is on its way to {sentTo}. The link in it confirms the address; then you sign
          in. If there is an account with this address already, it says so instead.
        </p>
      </div>
    );
  }
  return (
    <>
      <Form
        title="Make an account"
        intro="One list, for you and all of your agents."
        send="Make the account"
        problem={problem}
        busy={busy}
        onSubmit={submit}
      >
        <Field label="Name" hint="Optional.">
          {(wiring) => <Input {...wiring} name="name" autoComplete="name" maxLength={100} />}
        </Field>
        <Field label="E-mail">
          {(wiring) => (
            <Input {...wiring} name="email" type="email" autoComplete="username" required />
          )}
        </Field>
        <Field label="Password" hint="At least 10 characters. A sentence works well.">
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
        {asksForCode ? (
          <Field
            label="Code from the server’s terminal"
            hint="Optional, for the person who runs this server: the list that agents have used with “surelist token local” becomes yours."
          >
            {(wiring) => (
              <Input
                {...wiring}
                name="code"
                maxLength={100}
                placeholder="ABCD-EFGH-IJKL-MNOP"
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
              />
            )}
          </Field>
        ) : null}
      </Form>
      <SocialButtons providers={offered.social} next={next} />
      <p className="mt-6 text-sm">
        <Link href={`/sign-in?${query}`} className="text-accent underline underline-offset-4">
          I have an account already
        </Link>
      </p>
    </>
  );
}
