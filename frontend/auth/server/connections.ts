import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import { createAuthEndpoint, sessionMiddleware } from "better-auth/api";
import { z } from "zod";

const TOKENS_AND_CONSENTS = ["oauthAccessToken", "oauthRefreshToken", "oauthConsent"] as const;

/** Takes back what a person has given a client: the next time it asks, they are asked again. The
 * agent row of the API refuses the access tokens that are still out (specs/tokens.md). */
export function connections() {
  return {
    id: "connections",
    endpoints: {
      disconnectClient: createAuthEndpoint(
        "/connections/disconnect",
        {
          method: "POST",
          body: z.object({ client_id: z.string().min(1).max(2048) }),
          use: [sessionMiddleware],
        },
        async (ctx) => {
          const where = [
            { field: "clientId", value: ctx.body.client_id },
            { field: "userId", value: ctx.context.session.user.id },
          ];
          for (const model of TOKENS_AND_CONSENTS) {
            await ctx.context.adapter.deleteMany({ model, where });
          }
          return ctx.json({ status: true });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}
