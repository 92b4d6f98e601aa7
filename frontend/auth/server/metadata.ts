import "server-only";

import { getAuth } from "./auth";
import { opened } from "./cross-origin";

/** What Better Auth can do and Surelist's API does not take part in. */
const NOT_OFFERED = /^(dpop_|backchannel_|introspection_)/;

/** The authorization server's metadata (RFC 8414), for browsers of every origin too. */
export async function authorizationServerMetadata(): Promise<Response> {
  const offered = Object.entries(await getAuth().api.getOAuthServerConfig()).filter(
    ([name]) => !NOT_OFFERED.test(name),
  );
  return opened(
    Response.json(Object.fromEntries(offered), {
      headers: { "Cache-Control": "public, max-age=300" },
    }),
  );
}
