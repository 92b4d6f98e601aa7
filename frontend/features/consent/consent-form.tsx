"use client";

import { AppWindow, Globe, Laptop } from "lucide-react";
import { useEffect, useState } from "react";

import { resumeAfter } from "@/auth/paths";
import { signOut } from "@/auth/sign-out";
import { readAccount } from "@/features/account/queries";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";

import { allow, type Asked, deny, isOutdated } from "./answer";
import type { Destination } from "./redirect";
import { scopesInWords } from "./scope-words";

const PLACES = {
  "this-computer": { Icon: Laptop, words: "A program on this computer will get the access." },
  website: { Icon: Globe, words: "This website will get the access." },
  app: { Icon: AppWindow, words: "The app that opens this address will get the access." },
};

type ConsentProps = {
  asked: Asked;
  destination: Destination;
  scopes: string[];
  email: string;
  signInPath: string;
};

/** Asks the person for consent: the agent and its scopes. */
export function ConsentForm({ asked, destination, scopes, email, signInPath }: ConsentProps) {
  const [granted, setGranted] = useState<ReadonlySet<string>>(new Set(scopes));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [answered, setAnswered] = useState(false);
  const { Icon, words } = PLACES[destination.kind];
  useEffect(() => {
    // A session from another origin must sign in first.
    readAccount().catch(() => undefined);
  }, []);

  const answer = async (choice: () => Promise<string>) => {
    setBusy(true);
    setProblem(null);
    try {
      window.location.assign(await choice());
      setAnswered(true);
    } catch (error) {
      if (isOutdated(error)) {
        window.location.assign(resumeAfter(new URLSearchParams(asked.oauthQuery)));
        return;
      }
      setProblem("That did not work, and the agent got no access. Try again, or connect again.");
      setBusy(false);
    }
  };
  const toggle = (scope: string, on: boolean) => {
    const next = new Set(granted);
    if (on) next.add(scope);
    else next.delete(scope);
    setGranted(next);
  };
  const switchAccount = async () => {
    await signOut();
    window.location.assign(signInPath);
  };

  if (answered) {
    return (
      <div role="status">
        <h1 className="text-xl font-semibold">Go back to the agent</h1>
        <p className="mt-2 text-muted">You can close this page.</p>
      </div>
    );
  }
  return (
    <>
      <h1 className="text-xl font-semibold">
        Let <span className="wrap-anywhere">{destination.name}</span> work on your task list?
      </h1>
      <p className="mt-1 text-muted">
        It calls itself <span className="text-text wrap-anywhere">“{asked.name}”</span>.
      </p>
      <div className="mt-4 flex items-start gap-3 rounded-xl bg-sunken p-3 text-sm">
        <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
        <p className="min-w-0">{words} Allow it only if you have just started this yourself.</p>
      </div>
      <h2 className="mt-6 text-sm font-medium">It may</h2>
      <ul className="mt-2 grid gap-3">
        {scopesInWords(scopes).map(({ scope, may, detail, optional }) => (
          <li key={scope} className="flex items-start gap-3">
            <Checkbox
              id={scope}
              checked={granted.has(scope)}
              disabled={!optional}
              onChange={(on) => toggle(scope, on)}
              className="mt-0.5"
            />
            <label htmlFor={scope} className="text-sm">
              {may}
              <span className="block text-muted">{detail}</span>
            </label>
          </li>
        ))}
      </ul>
      <p
        role="alert"
        className="mt-4 rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger empty:hidden"
      >
        {problem}
      </p>
      <div className="mt-6 grid grid-cols-2 gap-3">
        <Button disabled={busy} onClick={() => void answer(() => deny(asked))}>
          Do not allow
        </Button>
        <Button
          look="primary"
          busy={busy}
          onClick={() =>
            void answer(() =>
              allow(
                asked,
                scopes.filter((one) => granted.has(one)),
              ),
            )
          }
        >
          Allow
        </Button>
      </div>
      <p className="mt-6 text-sm text-muted">
        You are signed in as <span className="wrap-anywhere">{email}</span>.{" "}
        <button
          type="button"
          className="text-accent underline underline-offset-4"
          onClick={() => void switchAccount()}
        >
          Use another account
        </button>
      </p>
    </>
  );
}
