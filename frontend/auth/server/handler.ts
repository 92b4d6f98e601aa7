import "server-only";

import { getAuth } from "./auth";
import { authorizationErrorHere } from "./authorization-error";
import { finishSignIn } from "./callback";
import { mendAuthorization, mendRefresh, mendRegistration, withWithheld } from "./client-requests";
import { noteConsent, sweepClients } from "./client-sweep";
import { opened, preflight } from "./cross-origin";
import { type Admitted, admit, carrying, isCacheable, isOpen } from "./gate/gate";
import { guarded, knownEntries, remembering } from "./guesses";
import { authorizationServerMetadata } from "./metadata";
import { addressOfToken, refusedPassword } from "./new-password";
import { faultIn } from "./registrations";
import { getSettings } from "./settings";

const BASE_PATH = "/api/auth";
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/** Answers what is below BASE_PATH: the gate first, then Better Auth, with clients' requests mended
 * on the way. */
export async function handle(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.slice(BASE_PATH.length);
  if (request.method === "OPTIONS" && isOpen(path)) return preflight();
  const admitted = await admit(request, path, getSettings().webUrl);
  const answered = admitted instanceof Response ? admitted : await answer(path, admitted);
  const kept = isCacheable(path) && answered.ok ? answered : unkept(answered);
  return isOpen(path) ? opened(kept) : kept;
}

async function answer(path: string, admitted: Admitted): Promise<Response> {
  switch (path) {
    case "/.well-known/oauth-authorization-server":
    case "/.well-known/openid-configuration":
      return authorizationServerMetadata();
    case "/oauth2/authorize":
      return authorize(admitted);
    case "/oauth2/token":
      return token(admitted);
    case "/oauth2/register":
      return register(admitted);
    case "/oauth2/consent":
      return consent(admitted);
    case "/sign-up/email":
      return signUp(admitted);
    case "/sign-in/email":
      return signIn(admitted);
    case "/confirm-password":
      return confirmPassword(admitted);
    case "/change-password":
      return changePassword(admitted);
    case "/update-user":
      return updateUser(admitted);
    case "/reset-password":
      return resetPassword(admitted);
    case "/callback/github":
    case "/callback/google":
      return finishSignIn(admitted.request, path, getAuth().handler);
    default:
      return getAuth().handler(admitted.request);
  }
}

async function authorize({ request, query }: Admitted): Promise<Response> {
  const mended = mendAuthorization(query, getSettings());
  const sent =
    request.method === "POST"
      ? carrying(request, request.url, mended.toString(), FORM)
      : new Request(withQuery(request.url, mended), request);
  return authorizationErrorHere(await getAuth().handler(sent), request.headers, mended);
}

function token({ request, query }: Admitted): Promise<Response> {
  return getAuth().handler(carrying(request, request.url, mendRefresh(query).toString(), FORM));
}

async function consent({ request, json }: Admitted): Promise<Response> {
  const response = await getAuth().handler(request);
  if (response.ok && json["accept"] === true) {
    await noteConsent(new URLSearchParams(text(json["oauth_query"])).get("client_id"));
  }
  return response;
}

async function register({ request, json }: Admitted): Promise<Response> {
  const fault = faultIn(json);
  if (fault) return Response.json(fault, { status: 400 });
  const { body, withheld } = mendRegistration(json);
  const sent = carrying(request, request.url, JSON.stringify(body), JSON_TYPE);
  const response = await getAuth().handler(sent);
  if (!response.ok) return response;
  await sweepClients();
  if (withheld.length === 0) return response;
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

async function signUp({ request, json }: Admitted): Promise<Response> {
  const email = text(json["email"]);
  const refused = refusedPassword(json["password"], email);
  if (refused) return refused;
  const response = await getAuth().handler(request);
  return response.ok && response.headers.has("Set-Cookie")
    ? remembering(response, email, knownEntries(request.headers))
    : response;
}

/** 403: the password was right, and the address is not confirmed yet. */
function signIn({ request, json }: Admitted): Promise<Response> {
  const told = { wrong: 401, right: 403 };
  return guarded(request, text(json["email"]), told, () => getAuth().handler(request));
}

async function confirmPassword({ request }: Admitted): Promise<Response> {
  return asGuess(request, await emailOfSession(request));
}

async function changePassword({ request, json }: Admitted): Promise<Response> {
  const email = await emailOfSession(request);
  return refusedPassword(json["newPassword"], email) ?? asGuess(request, email);
}

/** Better Auth's answer, where a wrong password of the signed-in person counts as a guess. */
function asGuess(request: Request, email: string | null): Promise<Response> {
  const ask = () => getAuth().handler(request);
  return email === null ? ask() : guarded(request, email, { wrong: 400 }, ask);
}

async function emailOfSession({ headers }: Request): Promise<string | null> {
  return (await getAuth().api.getSession({ headers }))?.user.email ?? null;
}

function updateUser({ request, json }: Admitted): Promise<Response> | Response {
  if (/[\p{L}\p{N}]/u.test(text(json["name"]))) return getAuth().handler(request);
  const message = "A name has a letter or a digit.";
  return Response.json({ code: "NAME_EMPTY", message }, { status: 400 });
}

async function resetPassword({ request, json }: Admitted): Promise<Response> {
  const email = await addressOfToken(json["token"]);
  const refused = refusedPassword(json["newPassword"], email);
  if (refused) return refused;
  const response = await getAuth().handler(request);
  return response.ok && email !== null
    ? remembering(response, email, knownEntries(request.headers))
    : response;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function withQuery(url: string, query: URLSearchParams): URL {
  const changed = new URL(url);
  changed.search = query.toString();
  return changed;
}

/** The answer, which nobody is to keep: a token, a cookie or a person's own may be in it
 * (RFC 6749, 5.1). */
function unkept(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("Cache-Control", "no-store");
  headers.set("Pragma", "no-cache");
  headers.set("X-Content-Type-Options", "nosniff");
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}
