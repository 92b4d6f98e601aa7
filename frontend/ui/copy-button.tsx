"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";

import { Button } from "./button";

const SECONDS_SHOWN = 2;

/** Puts `text` on the clipboard and says that it did. `label` names what is copied. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SECONDS_SHOWN * 1000);
  };
  const Icon = copied ? Check : Copy;
  return (
    <Button size="small" onClick={() => void copy()} aria-label={`Copy ${label}`}>
      <Icon aria-hidden className="size-3.5" />
      <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
    </Button>
  );
}
