import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, isAPIError } from "better-auth/api";

/** What Better Auth says of a code or token whose person was deleted, or whose session has ended. */
const ENDED = new Set([
  "missing user, user may have been deleted",
  "user not found",
  "session no longer exists",
]);

/** Calls a code or token whose person has gone an `invalid_grant` (RFC 6749, 5.2), so that a program
 * asks for consent anew. Better Auth calls it `invalid_user` or `invalid_request`. */
export function endedGrants() {
  return {
    id: "ended-grants",
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === "/oauth2/token",
          handler: createAuthMiddleware((ctx) => {
            const { returned } = ctx.context;
            if (isAPIError(returned) && ENDED.has(String(returned.body?.["error_description"]))) {
              throw new APIError("BAD_REQUEST", {
                error: "invalid_grant",
                error_description: "the person who allowed this has signed out or gone; ask anew",
              });
            }
            return Promise.resolve();
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
