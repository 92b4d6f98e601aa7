import "server-only";

import type { OAuthProviderExtension } from "@better-auth/oauth-provider";
import { APIError } from "better-auth/api";

import { agentPath, ApiRefusal, askApi } from "./api";
import { clientName } from "./client-name";
import { deleteGrants } from "./granted";

type Agent = { revoked_at?: string | null };

/** Asks the API, before a client is given any token, whether the person still has it connected: it
 * may have been revoked there, or the list may have been erased. Names the client in the token, for
 * the ledger: a name that it gave itself is better than none. */
export const agentStanding: OAuthProviderExtension = {
  claims: {
    accessToken: async ({ ctx, user, client }) => {
      if (!user) throw new APIError("BAD_REQUEST", { error: "invalid_grant" });
      if (!(await isConnected(user.id, client.clientId))) {
        await deleteGrants(ctx.context.adapter, user.id, client.clientId);
        throw new APIError("BAD_REQUEST", {
          error: "invalid_grant",
          error_description: "the person has disconnected this client",
        });
      }
      return { client_name: clientName(client.name) };
    },
  },
};

async function isConnected(userId: string, clientId: string): Promise<boolean> {
  try {
    const agent = (await askApi(userId, "GET", agentPath(clientId))) as Agent;
    return !agent.revoked_at;
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return false;
    throw new APIError(
      "SERVICE_UNAVAILABLE",
      { error: "temporarily_unavailable", error_description: "try again in a moment" },
      { "Retry-After": "10" },
    );
  }
}
