import "server-only";

import { getSettings } from "./settings";

/** The ways to sign in that this installation offers. */
export type Offered = { signUp: boolean; mail: boolean; social: ("github" | "google")[] };

export function offeredWays(): Offered {
  const { signUp, smtp, github, google } = getSettings();
  return {
    signUp: signUp === "open",
    mail: smtp !== null,
    social: [...(github ? ["github" as const] : []), ...(google ? ["google" as const] : [])],
  };
}
