import "server-only";

import { migrate } from "./auth";
import { keepConsented } from "./client-sweep";
import { mendNarrowed } from "./refreshes";
import { renewSigningKeys } from "./signing-keys";

/** Makes tables and keys ready. A server that cannot reach its database ends here, rather than answer
 * every request with an error: whoever started it starts it again. */
export async function start(): Promise<void> {
  try {
    await migrate();
    await renewSigningKeys();
    await keepConsented();
    await mendNarrowed();
  } catch (error) {
    // Nobody has called yet: these words are our own, or those of the database.
    const words = error instanceof Error ? error.message : "The web page cannot start.";
    process.stderr.write(`${words.replaceAll(/\p{Cc}/gu, " ").slice(0, 1000)}\n`);
    process.exit(1);
  }
}
