import "server-only";

import { getOAuthProviderApi, type oauthProvider } from "@better-auth/oauth-provider";
import type { BetterAuthPlugin, GenericEndpointContext } from "better-auth";
import { APIError, createAuthMiddleware, isAPIError } from "better-auth/api";

const TOKEN = "/oauth2/token";

/** Authenticates a client before the token endpoint reads anything else of its request, so that a code
 * or a token is never judged, or used up, for a client that is not registered. */
export function clientAuthentication() {
  return {
    id: "client-authentication",
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === TOKEN,
          handler: createAuthMiddleware(async (ctx) => {
            await authenticateClient(ctx);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/** The id of the client that sent the request. Throws `invalid_client`, with 401, for one that is not
 * registered or is not who it says: programs register anew then (RFC 6749, 5.2). */
export async function authenticateClient(ctx: GenericEndpointContext): Promise<string> {
  try {
    const { clientId } = await providerApi(ctx).authenticateClient({ requireCredentials: false });
    return clientId;
  } catch (error) {
    if (!isAPIError(error) || error.body?.["error"] !== "invalid_client") throw error;
    throw new APIError(
      "UNAUTHORIZED",
      {
        error: "invalid_client",
        error_description:
          "This client is not registered here, or not in this way. Register it anew.",
      },
      ctx.headers?.has("Authorization") ? { "WWW-Authenticate": 'Basic realm="Surelist"' } : {},
    );
  }
}

/** What the row of a refresh token is found by. */
export function hashOfRefreshToken(ctx: GenericEndpointContext, token: string): Promise<string> {
  return Promise.resolve(providerApi(ctx).hashToken(token, "refresh_token"));
}

function providerApi(ctx: GenericEndpointContext) {
  const provider = ctx.context.getPlugin("oauth-provider") as ReturnType<typeof oauthProvider>;
  return getOAuthProviderApi(ctx, provider.options);
}
