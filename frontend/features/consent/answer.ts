import { isSafeUrlScheme } from "@better-auth/core/utils/url";

import { answered, api, type Schemas } from "@/api/client";
import { authClient } from "@/auth/client";

type AgentScope = Schemas["Connection"]["scopes"][number];

export type Asked = { clientId: string; name: string; oauthQuery: string };

const ME = { user_id: "me" };

/** Lets the client in, and returns where the browser goes next. Rejects when anything fails, and
 * then nothing was given. */
export async function allow(asked: Asked, scopes: readonly string[]): Promise<string> {
  await forgetIfRevoked(asked.clientId);
  await answered(
    api.PUT("/api/{user_id}/agents/{client_id}", {
      params: { path: { ...ME, client_id: asked.clientId } },
      body: { name: asked.name, scopes: scopes.filter(isOfAgent) },
    }),
  );
  return consent({ accept: true, scope: scopes.join(" "), oauth_query: asked.oauthQuery });
}

/** Turns the client away, and returns where the browser goes to tell it. */
export function deny(asked: Asked): Promise<string> {
  return consent({ accept: false, oauth_query: asked.oauthQuery });
}

/** Ends what a revoked client may still hold, before it is let in again: revoking does so too, but
 * may have been cut short. */
async function forgetIfRevoked(clientId: string): Promise<void> {
  const { agents } = await answered(api.GET("/api/{user_id}/agents", { params: { path: ME } }));
  const revoked = agents.some((agent) => agent.client_id === clientId && agent.revoked_at);
  if (revoked) await disconnect(clientId);
}

/** Takes the client's refresh tokens and consent back. */
export async function disconnect(clientId: string): Promise<void> {
  const { error } = await authClient.$fetch("/connections/disconnect", {
    method: "POST",
    body: { client_id: clientId },
  });
  if (error) throw new Error("Its refresh tokens could not be taken back.");
}

type Consent = { accept: boolean; scope?: string; oauth_query: string };

async function consent(body: Consent): Promise<string> {
  const { data, error } = await authClient.$fetch<{ url: string }>("/oauth2/consent", {
    method: "POST",
    body,
  });
  if (error) throw new Error(error.message ?? "The consent was refused.");
  if (!isSafeUrlScheme(data.url)) throw new Error("The answer leads nowhere that is safe.");
  return data.url;
}

function isOfAgent(scope: string): scope is AgentScope {
  return scope !== "offline_access";
}
