import "server-only";

import { migrate } from "./auth";
import { renewSigningKeys } from "./signing-keys";

/** Makes tables and keys ready. A server that cannot reach its database ends here, rather than answer
 * every request with an error: whoever started it starts it again. */
export async function start(): Promise<void> {
  try {
    await migrate();
    await renewSigningKeys();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
