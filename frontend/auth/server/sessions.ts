import "server-only";

import type { BetterAuthPlugin } from "better-auth";
import { createAuthEndpoint, sessionMiddleware } from "better-auth/api";
import { z } from "zod";

import { deviceInWords } from "./device";

import type { ShownSession } from "../sessions";

const LONGEST_USER_AGENT = 500;

/** Shows a person their sessions, and ends them. Better Auth's own endpoints name a session by its
 * token, which is the value of its cookie; these name it by its id. */
export function sessions() {
  return {
    id: "sessions",
    init: () => ({
      options: {
        databaseHooks: {
          session: {
            create: {
              // A client chooses this text.
              before: (session) => {
                const userAgent = session.userAgent?.slice(0, LONGEST_USER_AGENT);
                return Promise.resolve({ data: { ...session, userAgent } });
              },
            },
          },
        },
      },
    }),
    endpoints: {
      showSessions: createAuthEndpoint(
        "/sessions",
        { method: "GET", use: [sessionMiddleware] },
        async (ctx) => {
          const { session, user } = ctx.context.session;
          const all = await ctx.context.internalAdapter.listSessions(user.id); // at most 100
          const others = all.filter(({ id }) => id !== session.id).map((one) => shown(one));
          others.sort((a, b) => b.used_at.localeCompare(a.used_at));
          return ctx.json({ sessions: [{ ...shown(session), current: true }, ...others] });
        },
      ),
      endSessions: createAuthEndpoint(
        "/sessions/end",
        { method: "POST", body: z.object({ id: z.string().optional() }), use: [sessionMiddleware] },
        async (ctx) => {
          const { session } = ctx.context.session;
          const { internalAdapter } = ctx.context;
          const ended = await endOtherSessions(internalAdapter, session, ctx.body.id);
          return ctx.json({ ended });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}

type Sessions = {
  listSessions(userId: string): Promise<{ id: string; token: string }[]>;
  deleteSessions(tokens: string[]): Promise<void>;
};

/** Ends the sessions of a person except `current`, or only the one with that id. Returns how many. */
export async function endOtherSessions(
  sessions: Sessions,
  current: { id: string; userId: string },
  only?: string,
): Promise<number> {
  let ended = 0;
  for (;;) {
    const some = await sessions.listSessions(current.userId); // at most 100
    const others = some.filter(
      ({ id }) => id !== current.id && (only === undefined || id === only),
    );
    if (others.length === 0) return ended;
    await sessions.deleteSessions(others.map(({ token }) => token));
    ended += others.length;
  }
}

type Session = {
  id: string;
  createdAt: Date;
  updatedAt: Date;
  ipAddress?: string | null | undefined;
  userAgent?: string | null | undefined;
};

function shown(session: Session): ShownSession {
  return {
    id: session.id,
    current: false,
    device: deviceInWords(session.userAgent ?? ""),
    address: session.ipAddress ?? null,
    signed_in_at: session.createdAt.toISOString(),
    used_at: session.updatedAt.toISOString(),
  };
}
