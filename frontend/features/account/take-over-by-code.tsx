"use client";

import { type SyntheticEvent, useState } from "react";

import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";

import { useOffer, useTakeOver } from "./local-list";

/** Takes over the list of this machine by the code that its terminal shows, where it is not offered:
 * on an address of the internet, or when others have signed up before. */
export function TakeOverByCode() {
  const { data: offer } = useOffer();
  const [code, setCode] = useState("");
  const takeOver = useTakeOver();
  if (offer !== null) return null;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    takeOver.mutate(code);
  };
  return (
    <section className="grid gap-4 rounded-xl border border-line bg-surface p-5">
      <h2 className="text-lg font-semibold">Take over this machine’s list</h2>
      <p className="text-sm text-muted">
        Agents may have used a list on the server before you signed up. You can make it yours while
        your own is empty. The server’s terminal shows its code; so does{" "}
        <code>surelist local-list-code</code>.
      </p>
      <form onSubmit={submit} className="grid gap-3 sm:flex sm:items-start">
        <Field label="Code" error={takeOver.error?.message} className="flex-1">
          {(wiring) => (
            <Input
              {...wiring}
              required
              maxLength={40}
              placeholder="ABCD-EFGH-IJKL-MNOP"
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          busy={takeOver.isPending}
          disabled={!code.trim()}
          className="justify-self-start sm:mt-6.5"
        >
          Take over
        </Button>
      </form>
    </section>
  );
}
