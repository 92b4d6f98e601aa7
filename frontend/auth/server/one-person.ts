import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";

import { ANOTHER_PERSON, madeForWhom } from "../person-header";

const PATHS = [
  "/oauth2/consent",
  "/connections/disconnect",
  "/update-user",
  "/change-password",
  "/sessions",
  "/sessions/end",
  "/confirm-password",
  "/delete-user",
];

/** Refuses what a page asks that was made for somebody else than is signed in by now: another would
 * let a client in, or be deleted, who never saw that page. */
export function onePerson() {
  return {
    id: "one-person",
    hooks: {
      before: [
        {
          matcher: ({ path }) => PATHS.includes(path ?? ""),
          handler: createAuthMiddleware(async (ctx) => {
            const session = await getSessionFromCtx(ctx);
            if (!session || session.user.id === madeForWhom(ctx.headers)) return;
            throw new APIError("CONFLICT", {
              code: ANOTHER_PERSON,
              message: "This page was made for somebody else than is signed in now.",
            });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
