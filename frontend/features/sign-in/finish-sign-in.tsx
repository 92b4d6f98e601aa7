"use client";

import { useEffect, useRef } from "react";

import { authClient } from "@/auth/client";
import { SIGN_IN_ERROR } from "@/auth/paths";

type FinishProps = { provider: string; query: string };

/** Completes a sign-in with GitHub or Google, with this browser's proof. */
export function FinishSignIn({ provider, query }: FinishProps) {
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return; // the provider's answer is valid once
    begun.current = true;
    void finish(provider, query).then((place) => window.location.replace(place));
  }, [provider, query]);
  return (
    <div role="status">
      <h1 className="text-xl font-semibold">Signing in …</h1>
    </div>
  );
}

/** Returns the address to go to. */
async function finish(provider: string, query: string): Promise<string> {
  const { data } = await authClient
    .$fetch<{ url: string }>(`/callback/${provider}?${query}`)
    .catch(() => ({ data: null }));
  return data?.url ?? SIGN_IN_ERROR;
}
