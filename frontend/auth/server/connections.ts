import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import {
  APIError,
  createAuthEndpoint,
  createAuthMiddleware,
  getSessionFromCtx,
  isAPIError,
  sessionMiddleware,
} from "better-auth/api";
import { z } from "zod";

import { agentPath, ApiRefusal, askApi } from "./api";
import { deleteGrants, deleteTokens } from "./granted";

const CONSENT = "/oauth2/consent";

/** Ends what a person has given a client: when they disconnect it, and when they answer for it anew,
 * for the last answer replaces the ones before it. */
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
          const { user } = ctx.context.session;
          // The API first: what it refuses is refused, also when the second step fails.
          await revoke(user.id, ctx.body.client_id);
          await deleteGrants(ctx.context.adapter, user.id, ctx.body.client_id);
          return ctx.json({ status: true });
        },
      ),
    },
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === CONSENT,
          handler: createAuthMiddleware(async (ctx) => {
            const { accept, oauth_query } = ctx.body as { accept?: boolean; oauth_query?: string };
            const clientId = new URLSearchParams(oauth_query).get("client_id");
            const found = await getSessionFromCtx(ctx);
            if (!accept || !clientId || !found || isAPIError(ctx.context.returned)) return;
            // The code has not left yet, and gives nothing when this fails.
            await deleteTokens(ctx.context.adapter, found.user.id, clientId);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

async function revoke(userId: string, clientId: string): Promise<void> {
  try {
    await askApi(userId, "DELETE", agentPath(clientId));
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return; // it never got a token
    throw new APIError("BAD_GATEWAY", {
      code: "NOT_DISCONNECTED",
      message: "The agent could not be disconnected. Try again.",
    });
  }
}
