import "server-only";

import type { Route } from "next";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";

import { PLACE_HEADER, signInPath } from "../paths";
import { getAuth } from "./auth";

/** Who is signed in in the browser that asks; null when nobody is. */
export async function getSession() {
  return getAuth().api.getSession({ headers: await headers() });
}

/** The name of the session's cookie ends so, over http and https. */
const SESSION_COOKIE = "surelist.session_token";

/** Who is signed in; the browser goes to sign in when nobody is, and then back. A cookie without a
 * session is that of one that has ended. */
export async function requireSession() {
  const session = await getSession();
  if (session) return session;
  const ended = (await cookies()).getAll().some(({ name }) => name.endsWith(SESSION_COOKIE));
  const [pathname = "/", search] = ((await headers()).get(PLACE_HEADER) ?? "/").split("?");
  redirect(
    signInPath(
      { pathname, search: search ? `?${search}` : "" },
      ended ? "ended" : undefined,
    ) as Route,
  );
}

/** Whether the person can sign in with a password. */
export async function hasPassword(userId: string): Promise<boolean> {
  const { internalAdapter } = await getAuth().$context;
  return !!(await internalAdapter.findCredentialAccount(userId))?.password;
}
