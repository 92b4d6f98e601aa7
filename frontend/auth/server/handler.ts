import "server-only";

import { getAuth } from "./auth";
import { finishSignIn, isCallback } from "./callback";
import { mendAuthorization, mendRegistration, withWithheld } from "./client-requests";
import { isOpen, opened, preflight } from "./cross-origin";
import { authorizationServerMetadata } from "./metadata";
import { getSettings } from "./settings";

const BASE_PATH = "/api/auth";
const METADATA_PATHS = [
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
];
const FORM = "application/x-www-form-urlencoded";

/** Answers what is below BASE_PATH: Better Auth, with clients' requests mended on the way. */
export async function handle(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.slice(BASE_PATH.length);
  if (METADATA_PATHS.includes(path)) return authorizationServerMetadata();
  if (isOpen(path)) {
    return request.method === "OPTIONS" ? preflight() : opened(await answer(path, request));
  }
  return answer(path, request);
}

function answer(path: string, request: Request): Promise<Response> {
  if (path === "/oauth2/authorize") return authorize(request);
  if (path === "/oauth2/register" && request.method === "POST") return register(request);
  if (isCallback(path)) return finishSignIn(request, path, getAuth().handler);
  return getAuth().handler(request);
}

async function authorize(request: Request): Promise<Response> {
  const { mcpUrl } = getSettings();
  if (request.method === "POST") {
    const mended = mendAuthorization(new URLSearchParams(await request.text()), mcpUrl);
    return getAuth().handler(replaced(request, mended.toString(), FORM));
  }
  const url = new URL(request.url);
  url.search = mendAuthorization(url.searchParams, mcpUrl).toString();
  return getAuth().handler(new Request(url, request));
}

async function register(request: Request): Promise<Response> {
  const sent = await request.text();
  const parsed = jsonObject(sent);
  if (!parsed) return getAuth().handler(replaced(request, sent));
  const { body, withheld } = mendRegistration(parsed);
  const response = await getAuth().handler(replaced(request, JSON.stringify(body)));
  if (!response.ok || withheld.length === 0) return response;
  const client = (await response.json()) as { client_id: string; redirect_uris: string[] };
  const redirectUris = withWithheld(client.redirect_uris, withheld);
  const { adapter } = await getAuth().$context;
  await adapter.update({
    model: "oauthClient",
    where: [{ field: "clientId", value: client.client_id }],
    update: { redirectUris },
  });
  const headers = new Headers(response.headers);
  headers.delete("Content-Length");
  const answered = { ...client, redirect_uris: redirectUris };
  return Response.json(answered, { status: response.status, headers });
}

function replaced(request: Request, body: string, type?: string): Request {
  const headers = new Headers(request.headers);
  headers.delete("Content-Length");
  if (type) headers.set("Content-Type", type);
  return new Request(request.url, { method: request.method, headers, body });
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
