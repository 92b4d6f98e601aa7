import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import {
  APIError,
  createAuthEndpoint,
  createAuthMiddleware,
  getSessionFromCtx,
  sessionMiddleware,
} from "better-auth/api";
import { z } from "zod";

import { LONGEST_PASSWORD } from "./passwords/lengths";

import { RECENT_SIGN_IN_NEEDED } from "../proof-header";

/** What nothing can bring back. The API asks the same of making a key and of erasing. */
const PATHS = ["/delete-user"];
const SECONDS_RECENT = 600; // specs/tokens.md

type Times = { createdAt: Date; confirmedAt?: Date | null };

/** When the person of the session last showed who they are, in seconds (OpenID Connect `auth_time`). */
export function authTime({ createdAt, confirmedAt }: Times): number {
  return Math.floor(Math.max(Number(createdAt), Number(confirmedAt ?? 0)) / 1000);
}

/** Asks for the password again where a sign-in of long ago is not enough (RFC 9470). */
export function recentSignIn() {
  return {
    id: "recent-sign-in",
    schema: {
      session: { fields: { confirmedAt: { type: "date", required: false, input: false } } },
    },
    endpoints: {
      confirmPassword: createAuthEndpoint(
        "/confirm-password",
        {
          method: "POST",
          body: z.object({ password: z.string().min(1).max(LONGEST_PASSWORD) }),
          use: [sessionMiddleware],
        },
        async (ctx) => {
          const { session, user } = ctx.context.session;
          const account = await ctx.context.internalAdapter.findCredentialAccount(user.id);
          const hash = account?.password;
          const { password } = ctx.body;
          if (!hash || !(await ctx.context.password.verify({ hash, password }))) {
            throw new APIError("BAD_REQUEST", {
              code: "INVALID_PASSWORD",
              message: "That is not the password.",
            });
          }
          const confirmedAt = new Date();
          await ctx.context.internalAdapter.updateSession(session.token, { confirmedAt });
          return ctx.json({ status: true });
        },
      ),
    },
    hooks: {
      before: [
        {
          matcher: ({ path }) => PATHS.includes(path ?? ""),
          handler: createAuthMiddleware(async (ctx) => {
            const found = await getSessionFromCtx(ctx);
            if (!found || Date.now() / 1000 - authTime(found.session) < SECONDS_RECENT) return;
            throw new APIError("UNAUTHORIZED", {
              code: RECENT_SIGN_IN_NEEDED,
              message: "Confirm the password first: the sign-in was long ago.",
            });
          }),
        },
      ],
    },
    rateLimit: [{ pathMatcher: (path) => path === "/confirm-password", window: 300, max: 10 }],
  } satisfies BetterAuthPlugin;
}
