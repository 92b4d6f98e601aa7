import "server-only";

import { createHmac } from "node:crypto";

import type { BetterAuthPlugin } from "better-auth";
import { createAuthEndpoint, sessionMiddleware } from "better-auth/api";

import type { Settings } from "./settings";

const LOCAL_USER = "local";
const SECONDS_GOOD = 60;

type ShownAccount = { pending: number; completed: number; last_event: number };

/** Offers the list of this machine to the one person who has signed up (specs/auth.md): how many
 * tasks are in it, and a token that proves the right to it; null when there is nothing to offer. */
export function localList(settings: Settings) {
  return {
    id: "local-list",
    endpoints: {
      offerLocalList: createAuthEndpoint(
        "/local-list",
        { method: "GET", use: [sessionMiddleware] },
        async (ctx) => {
          const people = await ctx.context.adapter.findMany({ model: "user", limit: 2 });
          if (people.length !== 1) return ctx.json(null);
          const token = ownersToken(settings);
          const account = await accountOf(settings, token);
          if (!account?.last_event) return ctx.json(null);
          const { pending, completed } = account;
          return ctx.json({ token, pending, completed });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}

async function accountOf(settings: Settings, token: string): Promise<ShownAccount | null> {
  const response = await fetch(`${settings.apiInternal}/api/me`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return response.ok ? ((await response.json()) as ShownAccount) : null;
}

/** A token of the user `local`, as the API itself signs one (specs/tokens.md). */
function ownersToken({ tokenIssuer, apiAudience, secret }: Settings): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: tokenIssuer,
    sub: LOCAL_USER,
    aud: apiAudience,
    iat: now,
    exp: now + SECONDS_GOOD,
    scope: "tasks:read account:manage",
    client_id: "web",
  };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}
