import { isSafeUrlScheme } from "@better-auth/core/utils/url";

import { answered, api, type Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { authClient } from "@/auth/client";
import { disconnect } from "@/auth/disconnect";
import { madeFor } from "@/auth/person-header";
import { readAgents } from "@/features/connect/queries";

type AgentScope = Schemas["Connection"]["scopes"][number];

/** Who is asked, for which client, by the query that the server signed. */
export type Asked = { personId: string; clientId: string; name: string; oauthQuery: string };

/** Lets the client in, and returns where the browser goes next. Rejects when anything fails, and
 * then nothing was given: the client gets its code from this browser alone. Better Auth comes first,
 * which sees whether the question still holds. */
export async function allow(asked: Asked, scopes: readonly string[]): Promise<string> {
  await forgetIfRevoked(asked);
  const next = await consent(asked, { accept: true, scope: scopes.join(" ") });
  await answered(
    api.PUT("/api/{user_id}/agents/{client_id}", {
      params: { path: { user_id: asked.personId, client_id: asked.clientId } },
      body: { name: asked.name, scopes: scopes.filter(isOfAgent) },
    }),
  );
  return next;
}

/** Turns the client away, and returns where the browser goes to tell it. */
export function deny(asked: Asked): Promise<string> {
  return consent(asked, { accept: false });
}

class Outdated extends Error {
  override name = "Outdated";
}

/** Whether the question holds no more: asked too long ago, or of somebody who is not signed in. */
export function isOutdated(error: unknown): boolean {
  return error instanceof Outdated || (error instanceof ApiProblem && error.kind === "forbidden");
}

/** Ends what a revoked client still holds, before it is let in again: revoking by the API alone
 * leaves its refresh tokens, which would be good once more. */
async function forgetIfRevoked({ personId, clientId }: Asked): Promise<void> {
  const agents = await readAgents(personId);
  const revoked = agents.some((agent) => agent.client_id === clientId && agent.revoked_at);
  if (revoked) await disconnect(personId, clientId);
}

type Consent = { accept: boolean; scope?: string };
type Refusal = { error?: string; message?: string };

async function consent({ personId, oauthQuery }: Asked, body: Consent): Promise<string> {
  const { data, error } = await authClient.$fetch<{ url: string }, Refusal>("/oauth2/consent", {
    method: "POST",
    body: { ...body, oauth_query: oauthQuery },
    headers: madeFor(personId),
  });
  if (error) {
    const outdated = error.status === 401 || error.status === 409;
    if (outdated || error.error === "invalid_signature") throw new Outdated();
    throw new Error(error.message ?? "The consent was refused.");
  }
  if (!isSafeUrlScheme(data.url)) throw new Error("The answer leads nowhere that is safe.");
  return data.url;
}

function isOfAgent(scope: string): scope is AgentScope {
  return scope !== "offline_access";
}
