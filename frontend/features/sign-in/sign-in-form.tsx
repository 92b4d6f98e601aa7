"use client";

import Link from "next/link";

import { authClient } from "@/auth/client";
import { confirmedPath } from "@/auth/paths";
import { startSession } from "@/auth/proof";
import type { Offered } from "@/auth/server/offered";
import { Field, Input } from "@/ui/field";

import { Form } from "./form";
import { SocialButtons } from "./social-buttons";
import { field, useForm } from "./use-form";

type SignInProps = {
  offered: Offered;
  next: string;
  query: string;
  /** The reason for the sign-in. */
  intro: string | null;
};

/** Sign-in with address and password, or with GitHub or Google. */
export function SignInForm({ offered, next, query, intro }: SignInProps) {
  const { problem, busy, submit } = useForm(
    (fields) =>
      startSession((headers) =>
        authClient.signIn.email(
          {
            email: field(fields, "email"),
            password: field(fields, "password"),
            callbackURL: confirmedPath(next),
          },
          { headers },
        ),
      ),
    () => window.location.assign(next),
  );
  return (
    <>
      <Form
        title="Sign in"
        intro={intro}
        send="Sign in"
        problem={problem}
        busy={busy}
        onSubmit={submit}
      >
        <Field label="E-mail">
          {(wiring) => (
            <Input {...wiring} name="email" type="email" autoComplete="username" required />
          )}
        </Field>
        <Field label="Password">
          {(wiring) => (
            <Input
              {...wiring}
              name="password"
              type="password"
              autoComplete="current-password"
              required
            />
          )}
        </Field>
      </Form>
      <SocialButtons providers={offered.social} next={next} />
      <p className="mt-6 flex flex-wrap justify-between gap-2 text-sm">
        {offered.signUp ? (
          <Link href={`/sign-up?${query}`} className="text-accent underline underline-offset-4">
            Make an account
          </Link>
        ) : null}
        <Link href="/forgot-password" className="text-accent underline underline-offset-4">
          Forgot your password?
        </Link>
      </p>
    </>
  );
}
