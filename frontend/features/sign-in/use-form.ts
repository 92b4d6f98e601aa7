"use client";

import { type SubmitEvent, useState } from "react";

import { NothingKept } from "@/auth/proof";

import { inWords } from "./words";

const UNREACHABLE = "The server cannot be reached. Try again in a moment.";
const NOTHING_KEPT =
  "Signing in needs site data, which this browser blocks. Allow it in the browser's settings, then try again.";

type Answer = { error: { code?: string | undefined; status: number } | null };

/** A form that a script submits: its error, its pending state, its submit handler. */
export function useForm(send: (fields: FormData) => Promise<Answer>, onDone: () => void) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const { error } = await send(new FormData(event.currentTarget));
      if (error) setProblem(inWords(error));
      else onDone();
    } catch (error) {
      setProblem(error instanceof NothingKept ? NOTHING_KEPT : UNREACHABLE);
    } finally {
      setBusy(false);
    }
  };
  return { problem, busy, submit: (event: SubmitEvent<HTMLFormElement>) => void submit(event) };
}

/** The value of a field. */
export function field(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}
