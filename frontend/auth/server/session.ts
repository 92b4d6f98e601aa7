import "server-only";

import { headers } from "next/headers";
import { redirect } from "next/navigation";

import { getAuth } from "./auth";

/** Who is signed in in the browser that asks; null when nobody is. */
export async function getSession() {
  return getAuth().api.getSession({ headers: await headers() });
}

/** Who is signed in; the browser goes to sign in when nobody is. */
export async function requireSession() {
  return (await getSession()) ?? redirect("/sign-in");
}
