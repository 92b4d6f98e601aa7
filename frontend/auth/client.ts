"use client";

import { createAuthClient } from "better-auth/react";

/** Better Auth in the browser: signing in, up and out, passwords. */
export const authClient = createAuthClient();
