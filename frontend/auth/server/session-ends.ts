import "server-only";

import type { BetterAuthPlugin } from "better-auth";

import { askApi } from "./api";
import { getAuth } from "./auth";
import { deleteGrants } from "./granted";

import { KEEP_AGENTS_HEADER } from "../keep-agents-header";

const SECONDS_BETWEEN_TRIES = 5;
const TRIES = 60; // five minutes: as long as a token of the page is good

type Ends = { agents: boolean };

/** What could not be told yet, by person. */
const untold = new Map<string, Ends>();

/** Tells the API of each session that ends, by whatever way, so that the tokens it was given are
 * refused from then on (specs/tokens.md). */
export function sessionEnds() {
  return {
    id: "session-ends",
    init: () => ({
      options: {
        databaseHooks: {
          session: { delete: { after: ({ userId }) => endSessions(userId, { agents: false }) } },
        },
      },
    }),
  } satisfies BetterAuthPlugin;
}

/** What a new password ends beside the sessions: all agents and keys, unless the person kept them. */
export async function endAgents({ user }: { user: { id: string } }, request?: Request) {
  if (request?.headers.has(KEEP_AGENTS_HEADER)) return;
  await endSessions(user.id, { agents: true });
  await deleteGrants((await getAuth().$context).adapter, user.id);
}

/** Has the API refuse what a person's sessions were given until now, and with `agents` all agents and
 * keys too. What cannot be told now is tried again for five minutes. */
async function endSessions(userId: string, { agents }: Ends): Promise<void> {
  const waiting = untold.get(userId);
  if (waiting) {
    waiting.agents ||= agents;
  } else if (!(await tell(userId, { agents }))) {
    untold.set(userId, { agents });
    void keepTelling(userId);
  }
}

async function keepTelling(userId: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, SECONDS_BETWEEN_TRIES * 1000).unref());
    const ends = untold.get(userId);
    if (!ends || (await tell(userId, ends))) break;
  }
  untold.delete(userId);
}

async function tell(userId: string, body: Ends): Promise<boolean> {
  try {
    await askApi(userId, "POST", "/sessions/end", { body });
    return true;
  } catch (error) {
    console.error(`A session has ended, and the API could not be told: ${String(error)}`);
    return false;
  }
}
