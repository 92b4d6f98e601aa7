"use client";

import { type SyntheticEvent, useState } from "react";

import { refusalInWords } from "@/features/sign-in/refusal-words";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { useToast } from "@/ui/toast";

import { useChangeName } from "./use-credentials";

/** The person's name, which only they see. */
export function Name({ name, onChanged }: { name: string; onChanged: () => void }) {
  const [typed, setTyped] = useState(name);
  const change = useChangeName();
  const tell = useToast();
  const changed = typed.trim() !== name;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!changed) return;
    change.mutate(typed.trim(), {
      onSuccess: () => {
        tell({ words: "Your name is changed" });
        onChanged();
      },
    });
  };
  return (
    <form onSubmit={submit} className="flex items-start gap-2">
      <Field
        label="Your name"
        error={change.error && changed ? refusalInWords(change.error) : undefined}
        className="min-w-0 grow"
      >
        {(wiring) => (
          <Input
            {...wiring}
            dir="auto"
            autoComplete="name"
            maxLength={100}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" className="mt-[1.625rem]" disabled={!changed} busy={change.isPending}>
        Save
      </Button>
    </form>
  );
}
