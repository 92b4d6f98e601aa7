import "server-only";

import { createHash } from "node:crypto";

import type { BetterAuthPlugin } from "better-auth";
import {
  addOAuthServerContext,
  APIError,
  createAuthMiddleware,
  getOAuthState,
  getSessionFromCtx,
} from "better-auth/api";

import { MOST_PROOFS, PROOF_HEADER, PROOF_NEEDED } from "../proof-header";

const PROOF = /^[A-Za-z0-9_-]{43}$/; // 32 bytes in base64url
const CALLBACK = "/callback/:id";
const SOCIAL_SIGN_IN = "/sign-in/social";

/** Endpoints that give nothing for the cookie of a session: they start one, end one, show who is
 * signed in, or take another credential. Every other one needs the proof. */
const WITHOUT_PROOF = new Set([
  "/sign-in/email",
  SOCIAL_SIGN_IN,
  CALLBACK,
  "/sign-up/email",
  "/sign-out",
  "/get-session",
  "/verify-email",
  "/send-verification-email",
  "/request-password-reset",
  "/reset-password",
  "/reset-password/:token",
  "/oauth2/authorize",
  "/oauth2/token",
  "/oauth2/register",
  "/oauth2/revoke",
  "/jwks",
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
  "/error",
  "/ok",
]);

/** Binds a session to the origin of the page that started it. The cookie alone is sent to every
 * server of the same host, and can be set by each of them (specs/auth.md).
 *
 * The session keeps the SHA-256 of the proof that its page made. A session that is started without
 * one, as by an old page, has none and can do nothing. */
export function browserProof() {
  return {
    id: "browser-proof",
    schema: {
      session: { fields: { proof: { type: "string", required: false, input: false } } },
    },
    init: () => ({
      options: {
        databaseHooks: {
          session: {
            create: {
              before: async (session, ctx) => {
                const back = ctx?.path === CALLBACK;
                const proof = back ? await fromState() : startedWith(ctx?.headers);
                // Begun in this browser, or by another server of the host, which knows the proof?
                if (back && !shows(ctx.headers, proof)) throw refusal();
                return { data: { ...session, proof } };
              },
            },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === SOCIAL_SIGN_IN,
          handler: createAuthMiddleware(async (ctx) => {
            await addOAuthServerContext({ proof: startedWith(ctx.headers) });
          }),
        },
        {
          matcher: ({ path, headers }) => !!path && !!headers && !WITHOUT_PROOF.has(path),
          handler: createAuthMiddleware(async (ctx) => {
            const found = await getSessionFromCtx(ctx);
            if (!found || shows(ctx.headers, found.session["proof"])) return;
            throw refusal();
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

function refusal(): APIError {
  return new APIError("FORBIDDEN", {
    code: PROOF_NEEDED,
    message: "This session was not started by this page. Sign in again.",
  });
}

/** The hash that the session of these headers would be started with; null without a proof. */
function startedWith(headers: Headers | undefined): string | null {
  const given = headers?.get(PROOF_HEADER) ?? "";
  return PROOF.test(given) ? hashOf(given) : null;
}

/** The one that came back from GitHub or Google with the state, in which no browser can write. */
async function fromState(): Promise<string | null> {
  const proof = (await getOAuthState())?.serverContext?.["proof"];
  return typeof proof === "string" ? proof : null;
}

function shows(headers: Headers | undefined, proof: unknown): boolean {
  if (typeof proof !== "string") return false;
  const given = (headers?.get(PROOF_HEADER) ?? "").split(" ").slice(0, MOST_PROOFS);
  return given.some((one) => PROOF.test(one) && hashOf(one) === proof);
}

function hashOf(proof: string): string {
  return createHash("sha256").update(proof).digest("base64url");
}
