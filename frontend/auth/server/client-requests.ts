/** What MCP clients ask for, mended where the standards leave the server the choice, before Better
 * Auth judges it (specs/auth.md). */

import type { Registration } from "./registrations";
import {
  CONVERSATION_SCOPES,
  DEFAULT_SCOPES,
  GRANT_TYPES,
  OAUTH_SCOPES,
  PERSON_SCOPES,
  STAY_CONNECTED,
} from "./scopes";
import type { Settings } from "./settings";

const KNOWN_SCOPES = new Set<string>(OAUTH_SCOPES);

/** Scopes that a refresh is held to when it names them. */
const NAMEABLE = new Set<string>([...OAUTH_SCOPES, ...PERSON_SCOPES]);

/** Redirects by a private scheme whose one owner is known, though it is no reversed domain. */
const KNOWN_PRIVATE_REDIRECTS = new Set(["cursor://anysphere.cursor-mcp/oauth/callback"]);

/** Stands in for a known private redirect while Better Auth judges the others. Nothing answers to
 * it: the scheme is our own. */
const STAND_IN = "dev.surelist.stand-in:/redirect";

const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

function grantable(scope: string | null | undefined): string[] {
  return (scope ?? "").split(" ").filter((one) => KNOWN_SCOPES.has(one));
}

/** The parameters of an authorization request.
 *
 * - No `resource` means the tasks (RFC 8707, 2), so that the token is bound to them.
 * - Scopes that there are not are left out (RFC 6749, 3.3); with none left, those of the resource.
 * - The refresh token is the server's to give (OAuth 2.1, 1.3.2): it is always asked for here, and
 *   the consent page says so.
 * - The person is asked each time: who redirects to localhost cannot prove who it is (RFC 8252,
 *   8.6).
 *
 * The gate has left out whatever this server does not know. */
export function mendAuthorization(
  parameters: URLSearchParams,
  { mcpUrl, conversationsUrl }: Pick<Settings, "mcpUrl" | "conversationsUrl">,
): URLSearchParams {
  const mended = new URLSearchParams(parameters);
  if (!mended.has("resource")) mended.set("resource", mcpUrl);
  const ofConversations = mended.get("resource") === conversationsUrl;
  const asked = grantable(mended.get("scope")).filter((scope) => scope !== STAY_CONNECTED);
  const byDefault = ofConversations ? CONVERSATION_SCOPES : DEFAULT_SCOPES;
  const scopes = asked.length > 0 ? asked : byDefault;
  mended.set("scope", [...new Set([...scopes, STAY_CONNECTED])].join(" "));
  mended.set("prompt", "consent");
  return mended;
}

/** The parameters of a token request. A refresh names scopes to narrow its access token (RFC 6749, 6):
 * those that there are not are left out; with none left it is a refresh that names none.
 * `account:manage` is known here, and refused since no agent is ever granted it. */
export function mendRefresh(parameters: URLSearchParams): URLSearchParams {
  const mended = new URLSearchParams(parameters);
  const named = new Set((mended.get("scope") ?? "").split(" ").filter((one) => NAMEABLE.has(one)));
  if ([...named].every((one) => one === STAY_CONNECTED)) mended.delete("scope");
  else mended.set("scope", [...named].join(" "));
  return mended;
}

/** A registration request, and the known private redirects that were taken out of it.
 *
 * - A client that redirects to this machine or by a private scheme is native (OpenID Connect
 *   Registration, 2), which many do not say.
 * - Scopes and grants that there are not here are left out (RFC 7591, 2), as the gate leaves out
 *   fields. Nothing that is kept has this server call an address that the client names, as its keys
 *   (`jwks_uri`) and notices of signing out would. */
export function mendRegistration(body: Registration): {
  body: Registration;
  withheld: readonly string[];
} {
  const given = Array.isArray(body["redirect_uris"]) ? (body["redirect_uris"] as unknown[]) : [];
  const withheld = given.filter(isKnownPrivate);
  const judged = given.filter((uri) => !isKnownPrivate(uri));
  const mended: Registration = { ...body };
  if (withheld.length > 0) mended["redirect_uris"] = [...judged, STAND_IN];
  if (body["application_type"] === undefined && given.some(isNative)) {
    mended["application_type"] = "native";
  }
  if (typeof body["scope"] === "string") {
    const scopes = grantable(body["scope"]);
    if (scopes.length > 0) mended["scope"] = scopes.join(" ");
    else delete mended["scope"];
  }
  if (Array.isArray(body["grant_types"])) {
    const grants = (body["grant_types"] as unknown[]).filter(isGrant);
    if (grants.length > 0) mended["grant_types"] = grants;
  }
  return { body: mended, withheld };
}

/** The redirects of a registered client with what was withheld in place of its stand-in. */
export function withWithheld(redirects: readonly string[], withheld: readonly string[]): string[] {
  return [...redirects.filter((uri) => uri !== STAND_IN), ...withheld];
}

function isGrant(grant: unknown): boolean {
  return GRANT_TYPES.some((known) => known === grant);
}

function isKnownPrivate(uri: unknown): uri is string {
  return typeof uri === "string" && KNOWN_PRIVATE_REDIRECTS.has(uri);
}

function isNative(uri: unknown): boolean {
  if (typeof uri !== "string" || !URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  if (protocol === "http:") return LOOPBACK_HOSTS.has(hostname);
  return protocol !== "https:";
}
