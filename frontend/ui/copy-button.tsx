"use client";

import { Check, Copy } from "lucide-react";
import { type MouseEvent, useState } from "react";

import { Button } from "./button";

const SECONDS_SHOWN = 2;

type CopyButtonProps = { text: string; label: string; look?: "secondary" | "quiet" };

const WORDS = { idle: "Copy", copied: "Copied", selected: "Selected: copy it" };

/** Puts `text` on the clipboard and says that it did; `label` names what is copied. It stands right
 * behind the element that shows `text`: where the browser lets no page copy, as it does without
 * HTTPS, that is selected instead. */
export function CopyButton({ text, label, look }: CopyButtonProps) {
  const [state, setState] = useState<keyof typeof WORDS>("idle");
  const copy = async ({ currentTarget }: MouseEvent<HTMLButtonElement>) => {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
      setTimeout(() => setState("idle"), SECONDS_SHOWN * 1000);
    } catch {
      select(currentTarget.previousElementSibling);
      setState("selected");
    }
  };
  const name = state === "selected" ? undefined : `${WORDS[state]} ${label}`;
  const Icon = state === "copied" ? Check : Copy;
  return (
    <Button
      size="small"
      {...(look ? { look, className: "-ml-2.5 justify-self-start" } : {})}
      onClick={(event) => void copy(event)}
      aria-label={name}
    >
      <Icon aria-hidden className="size-3.5" />
      <span aria-live="polite">{WORDS[state]}</span>
    </Button>
  );
}

function select(shown: Element | null): void {
  if (shown) window.getSelection()?.selectAllChildren(shown);
}
