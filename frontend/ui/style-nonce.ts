"use client";

import { setNonce } from "get-nonce";

/** Passes the page's nonce to the library that creates style elements: react-remove-scroll, with
 * which radix-ui's dialogs stop the page from scrolling. */
export function shareStyleNonce(): void {
  if (typeof document === "undefined") return;
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
  if (nonce) setNonce(nonce);
}
