"use client";

import { createAuthClient } from "better-auth/react";

import { shownProof } from "./proof";

/** Better Auth in the browser: signing in, up and out, passwords. Each call shows the proof of the
 * session, but for those that start one with a proof of their own.
 *
 * Its one default plugin goes wherever an answer says, beside the page that does so itself: an
 * agent was then answered twice, and the second time often listened no more. */
export const authClient = createAuthClient({
  disableDefaultFetchPlugins: true,
  fetchOptions: {
    onRequest: ({ headers }) => {
      for (const [name, value] of Object.entries(shownProof())) {
        if (!headers.has(name)) headers.set(name, value);
      }
    },
  },
});
