"use client";

import { authClient } from "@/auth/client";
import { startSession } from "@/auth/proof";
import { Button } from "@/ui/button";

const NAMES = { github: "GitHub", google: "Google" };

type SocialProps = { providers: (keyof typeof NAMES)[]; next: string };

/** Buttons for sign-in and sign-up with GitHub or Google. */
export function SocialButtons({ providers, next }: SocialProps) {
  if (providers.length === 0) return null;
  return (
    <div className="mt-6 grid gap-2 border-t border-line pt-6">
      {providers.map((provider) => (
        <Button key={provider} onClick={() => void goTo(provider, next)}>
          Continue with {NAMES[provider]}
        </Button>
      ))}
    </div>
  );
}

async function goTo(provider: keyof typeof NAMES, next: string): Promise<void> {
  const asked = { provider, callbackURL: next, errorCallbackURL: "/sign-in-error" };
  const answer = await startSession((headers) =>
    authClient.signIn.social(asked, { headers }),
  ).catch(() => null);
  window.location.assign(answer?.data?.url ?? "/sign-in-error");
}
