import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import { createAuthEndpoint, sessionMiddleware } from "better-auth/api";

import type { Settings } from "./settings";

/** Gives the only person who has signed up the code for the list of this machine, so that their
 * browser can take it over; null when there are others, or when this installation tells no code to
 * the page (specs/auth.md). */
export function localList({ localListCode }: Settings) {
  return {
    id: "local-list",
    endpoints: {
      offerLocalList: createAuthEndpoint(
        "/local-list",
        { method: "GET", use: [sessionMiddleware] },
        async (ctx) => {
          const people = await ctx.context.adapter.findMany({ model: "user", limit: 2 });
          return ctx.json({ code: people.length === 1 ? localListCode : null });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}
