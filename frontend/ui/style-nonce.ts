"use client";

import { setNonce } from "get-nonce";

/** Gives the nonce of this page to what makes style elements: windows that stop the page behind
 * them from scrolling (react-remove-scroll, within radix-ui). */
export function shareStyleNonce(): void {
  if (typeof document === "undefined") return;
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
  if (nonce) setNonce(nonce);
}
