"use client";

import type { ReactNode, SubmitEvent } from "react";

import { Button } from "@/ui/button";
import { useHydrated } from "@/ui/use-hydrated";

type FormProps = {
  title: string;
  intro?: ReactNode;
  send: string;
  problem: string | null;
  busy: boolean;
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  children: ReactNode;
};

/** A form with a title, fields, an error message and one button.
 *
 * Only a script submits it. Without the script nothing is submitted, so a password never gets into
 * the address. */
export function Form({ title, intro, send, problem, busy, onSubmit, children }: FormProps) {
  const hydrated = useHydrated();
  return (
    <form method="post" onSubmit={onSubmit} className="grid gap-4">
      <div>
        <h1 className="text-xl font-semibold">{title}</h1>
        {intro ? <p className="mt-1 text-sm text-muted">{intro}</p> : null}
      </div>
      {children}
      <p
        role="alert"
        className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger empty:hidden"
      >
        {problem}
      </p>
      <Button look="primary" type="submit" busy={busy} disabled={!hydrated}>
        {send}
      </Button>
    </form>
  );
}
