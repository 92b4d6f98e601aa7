"use client";

import { createAuthClient } from "better-auth/react";

/** Better Auth in the browser: signing in, up and out, passwords.
 *
 * Its one default plugin goes wherever an answer says, beside the page that does so itself: an
 * agent was then answered twice, and the second time often listened no more. */
export const authClient = createAuthClient({ disableDefaultFetchPlugins: true });
