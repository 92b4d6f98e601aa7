import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware, isAPIError } from "better-auth/api";

import { hashOfRefreshToken } from "./client-authentication";
import { getPool } from "./database";
import { STAY_CONNECTED } from "./scopes";
import { getSettings } from "./settings";

const MODEL = "oauthRefreshToken";

type Sent = { refresh_token?: string; scope?: string };
type Given = { refresh_token?: string };

/** Lets the refresh token keep what the person granted, when a refresh names fewer scopes: they bound
 * the access token alone (RFC 6749, 6). Better Auth gives both the same.
 *
 * The answer has not left yet. When this fails, the client asks again with the token that it has, is
 * answered as before within a minute, and this is done then. */
export function refreshes() {
  return {
    id: "refreshes",
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === "/oauth2/token",
          handler: createAuthMiddleware(async (ctx) => {
            const { refresh_token: used, scope } = ctx.body as Sent;
            const { returned } = ctx.context;
            if (used === undefined || scope === undefined || isAPIError(returned)) return;
            const { refresh_token: given } = returned as Given;
            if (given === undefined) return;
            const row = async (token: string) => [
              { field: "token", value: await hashOfRefreshToken(ctx, token) },
            ];
            const granted = await ctx.context.adapter.findOne<{ scopes: string[] }>({
              model: MODEL,
              where: await row(used),
            });
            if (!granted) return;
            await ctx.context.adapter.update({
              model: MODEL,
              where: await row(given),
              update: { scopes: granted.scopes },
            });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** Refresh tokens that an earlier version narrowed, so that their next use gave no other one. Each was
 * given with `offline_access`, or it were not there. */
const MEND = `UPDATE "oauthRefreshToken" SET scopes = scopes || jsonb_build_array($1::text)
  WHERE NOT scopes @> jsonb_build_array($1::text)`;

/** Has every refresh token be followed by another one, also those that were narrowed before. */
export async function mendNarrowed(): Promise<void> {
  await getPool(getSettings()).query(MEND, [STAY_CONNECTED]);
}
