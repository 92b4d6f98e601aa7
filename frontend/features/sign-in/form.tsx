import type { ReactNode, SubmitEvent } from "react";

import { Button } from "@/ui/button";

type FormProps = {
  title: string;
  intro?: ReactNode;
  send: string;
  problem: string | null;
  busy: boolean;
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  children: ReactNode;
};

/** Fields under a title, with one button, and what went wrong above it. */
export function Form({ title, intro, send, problem, busy, onSubmit, children }: FormProps) {
  return (
    <form onSubmit={onSubmit} className="grid gap-4">
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
      <Button look="primary" type="submit" busy={busy}>
        {send}
      </Button>
    </form>
  );
}
