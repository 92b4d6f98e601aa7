import "server-only";

import { getAuth } from "./auth";
import { opened } from "./cross-origin";

/** What Better Auth can do and is not offered here (specs/auth.md). */
const NOT_OFFERED = /^(dpop_|backchannel_|introspection_)|_auth_signing_alg_values_supported$/;
const NO_AUTH_METHOD = "private_key_jwt";

/** The authorization server's metadata (RFC 8414), for browsers of every origin too. */
export async function authorizationServerMetadata(): Promise<Response> {
  const offered = Object.entries(await getAuth().api.getOAuthServerConfig())
    .filter(([name]) => !NOT_OFFERED.test(name))
    .map(([name, value]) => [name, withoutKeys(value)] as const);
  return opened(
    Response.json(Object.fromEntries(offered), {
      headers: { "Cache-Control": "public, max-age=300" },
    }),
  );
}

function withoutKeys(value: unknown): unknown {
  return Array.isArray(value) ? value.filter((one) => one !== NO_AUTH_METHOD) : value;
}
