import "server-only";

import { createHmac, timingSafeEqual } from "node:crypto";

import { getAuth } from "./auth";
import { findClient } from "./clients";
import { getSettings } from "./settings";

const ERROR_PAGE = "/sign-in-error";

/** The answer to an authorization request; where it sends the browser to the client with an error, and
 * nobody who is signed in has let that client in before, our error page with a link instead. Anybody
 * may register a client, so that anybody could make this site's address lead to theirs otherwise
 * (RFC 9700, 4.11.2). */
export async function authorizationErrorHere(
  response: Response,
  headers: Headers,
  asked: URLSearchParams,
): Promise<Response> {
  if (response.ok && (await isUnknownTo(headers, asked.get("client_id")))) return unknownClient();
  const location = response.headers.get("Location");
  if (!location || !URL.canParse(location)) return response;
  const target = new URL(location);
  if (target.origin === getSettings().webUrl) return withoutDescription(response, target);
  const error = errorOf(target);
  if (error === null || (await hasConsented(headers, asked.get("client_id")))) return response;
  const query = new URLSearchParams({ error, back: location, mark: markOf(location) });
  return new Response(null, {
    status: 302,
    headers: { Location: `${getSettings().webUrl}${ERROR_PAGE}?${query.toString()}` },
  });
}

/** Whether a program asks, rather than a browser, about a client that is not registered. */
async function isUnknownTo(headers: Headers, clientId: string | null): Promise<boolean> {
  const accepted = headers.get("Accept") ?? "";
  const byProgram = accepted.includes("application/json") && !accepted.includes("text/html");
  return byProgram && (await findClient(clientId ?? "")) === null;
}

/** What mcp-remote looks for before it opens a browser, in order to register anew. */
function unknownClient(): Response {
  const error_description = "This client is not registered here. Register it anew.";
  return Response.json({ error: "invalid_client", error_description }, { status: 400 });
}

/** The same way to our own error page, which has words of its own: those of Better Auth are not always
 * true ("client_id is required", of one that is not registered). */
function withoutDescription(response: Response, target: URL): Response {
  if (target.pathname !== ERROR_PAGE) return response;
  target.searchParams.delete("error_description");
  const headers = new Headers(response.headers);
  headers.set("Location", target.href);
  return new Response(null, { status: response.status, headers });
}

/** The address that the error page may link to: one that this server put there. */
export function addressBack(query: URLSearchParams): string | null {
  const back = query.get("back") ?? "";
  const given = Buffer.from(query.get("mark") ?? "", "base64url");
  const mark = Buffer.from(markOf(back), "base64url");
  return given.length === mark.length && timingSafeEqual(given, mark) ? back : null;
}

function errorOf({ searchParams, hash }: URL): string | null {
  return searchParams.get("error") ?? new URLSearchParams(hash.slice(1)).get("error");
}

async function hasConsented(headers: Headers, clientId: string | null): Promise<boolean> {
  const session = await getAuth().api.getSession({ headers });
  if (!session || clientId === null) return false;
  const { adapter } = await getAuth().$context;
  const consent = await adapter.findOne({
    model: "oauthConsent",
    where: [
      { field: "clientId", value: clientId },
      { field: "userId", value: session.user.id },
    ],
  });
  return consent !== null;
}

/** By a key that signs nothing else, since strangers choose what is signed here. */
function markOf(address: string): string {
  const key = createHmac("sha256", getSettings().secret).update("authorization-error").digest();
  return createHmac("sha256", key).update(address).digest("base64url");
}
