import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { verifyJWT } from "better-auth/plugins";

import { authenticateClient, hashOfRefreshToken } from "./client-authentication";
import { deleteTokens } from "./granted";
import type { Settings } from "./settings";

type Kept = { clientId: string; userId?: string | null };

/** Answers the revocation endpoint (RFC 7009), in place of Better Auth, which calls an unknown token an
 * error. A token that has ended, was never there or is of another client changes nothing, and is 200. */
export function revocation({
  issuer,
  mcpUrl,
  conversationsUrl,
}: Pick<Settings, "issuer" | "mcpUrl" | "conversationsUrl">) {
  const isAccessTokenOf = async (clientId: string, token: string) => {
    const claims = await verifyJWT(token, {
      jwt: { issuer, audience: [mcpUrl, conversationsUrl] },
    });
    return claims?.["client_id"] === clientId;
  };
  return {
    id: "revocation",
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === "/oauth2/revoke",
          handler: createAuthMiddleware(async (ctx) => {
            const clientId = await authenticateClient(ctx);
            const { token } = ctx.body as { token?: string };
            if (token === undefined) {
              throw new APIError("BAD_REQUEST", {
                error: "invalid_request",
                error_description: "token is required",
              });
            }
            const { adapter } = ctx.context;
            const kept = await adapter.findOne<Kept>({
              model: "oauthRefreshToken",
              where: [{ field: "token", value: await hashOfRefreshToken(ctx, token) }],
            });
            if (kept?.clientId === clientId && kept.userId) {
              await deleteTokens(adapter, kept.userId, clientId);
            } else if (!kept && (await isAccessTokenOf(clientId, token))) {
              throw new APIError("BAD_REQUEST", {
                error: "unsupported_token_type",
                error_description: "access tokens cannot be revoked; revoke the refresh token",
              });
            }
            return new Response(null, { status: 200 });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
