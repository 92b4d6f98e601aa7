import type { BetterAuthPlugin } from "better-auth";

/** What the guards around Better Auth keep in its schema: how often something was done for a key, and
 * when a client was first consented to. */
export function guards() {
  return {
    id: "guards",
    schema: {
      tally: {
        fields: {
          key: { type: "string", unique: true, required: true },
          count: { type: "number", required: true },
          since: { type: "date", required: true, index: true },
          // No attempt counts, and none is let through, before this.
          until: { type: "date", required: true },
        },
      },
      oauthClient: {
        fields: { consentedAt: { type: "date", required: false, input: false } },
      },
    },
  } satisfies BetterAuthPlugin;
}
