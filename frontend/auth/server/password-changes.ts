import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from "better-auth/api";

import { endAgents } from "./session-ends";
import { endOtherSessions } from "./sessions";

/** Ends what a new password ends when a signed-in person chooses it: their other sessions, and all
 * agents and keys, unless the person kept them. This session goes on: Better Auth's own option would
 * replace it by a session without the proof of its browser. */
export function passwordChanges() {
  return {
    id: "password-changes",
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === "/change-password",
          handler: createAuthMiddleware(async (ctx) => {
            const found = await getSessionFromCtx(ctx);
            if (!found || isAPIError(ctx.context.returned)) return;
            await endOtherSessions(ctx.context.internalAdapter, found.session);
            await endAgents({ user: found.user }, ctx.request);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
