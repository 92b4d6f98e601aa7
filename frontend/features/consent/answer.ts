import { isSafeUrlScheme } from "@better-auth/core/utils/url";

import { answered, api, type Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { AuthRefusal, postAsPerson } from "@/auth/person-calls";

type AgentScope = Schemas["Connection"]["scopes"][number];

/** A consent request: the person, the client, and the query that the server signed. */
export type Asked = { personId: string; clientId: string; name: string; oauthQuery: string };

/** Allows the client, and returns the address to redirect to. If any step fails, it rejects and the
 * client gets no access, because only this browser passes the code on. Better Auth is called first,
 * because it checks whether the request is still valid. */
export async function allow(asked: Asked, scopes: readonly string[]): Promise<string> {
  const next = await consent(asked, { accept: true, scope: scopes.join(" ") });
  await answered(
    api.PUT("/api/{user_id}/agents/{client_id}", {
      params: { path: { user_id: asked.personId, client_id: asked.clientId } },
      body: { name: asked.name, scopes: scopes.filter(isOfAgent) },
    }),
  );
  return next;
}

/** Refuses the client, and returns the address to redirect to. */
export function deny(asked: Asked): Promise<string> {
  return consent(asked, { accept: false });
}

class Outdated extends Error {
  override name = "Outdated";
}

/** Whether the request is invalid: it has expired, or its person is not signed in. */
export function isOutdated(error: unknown): boolean {
  return error instanceof Outdated || (error instanceof ApiProblem && error.kind === "forbidden");
}

type Consent = { accept: boolean; scope?: string };

async function consent({ personId, oauthQuery }: Asked, body: Consent): Promise<string> {
  const sent = { ...body, oauth_query: oauthQuery };
  const { url } = await postAsPerson<{ url: string }>(personId, "/oauth2/consent", sent).catch(
    (error: unknown) => {
      throw saysOutdated(error) ? new Outdated() : error;
    },
  );
  if (!isSafeUrlScheme(url)) throw new Error("The redirect is not safe.");
  return url;
}

function saysOutdated(error: unknown): boolean {
  if (!(error instanceof AuthRefusal)) return false;
  return error.status === 401 || error.status === 409 || error.code === "invalid_signature";
}

function isOfAgent(scope: string): scope is AgentScope {
  return scope !== "offline_access";
}
