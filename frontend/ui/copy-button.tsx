"use client";

import { Check, Copy } from "lucide-react";
import { type MouseEvent, useState } from "react";

import { Button } from "./button";

const SECONDS_SHOWN = 2;

type CopyButtonProps = { text: string; label: string; look?: "secondary" | "quiet" };

const WORDS = { idle: "Copy", copied: "Copied", selected: "Selected: copy it" };

/** Copies `text` to the clipboard and confirms it. `label` names the text. Without HTTPS, browsers
 * refuse copying, and the button selects the element before it, which must show `text`. */
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
