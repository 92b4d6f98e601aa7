import "server-only";

import { getAuth } from "./auth";
import { isCommon } from "./passwords/common";

/** The refusal of a password that is tried first everywhere, or null. */
export function refusedPassword(password: unknown, email: string | null): Response | null {
  if (typeof password !== "string" || !isCommon(password, email)) return null;
  const message = "This password is one of those that are tried first.";
  return Response.json({ code: "PASSWORD_TOO_COMMON", message }, { status: 400 });
}

/** The address of whoever may choose a new password by this token; null when it is good for nobody. */
export async function addressOfToken(token: unknown): Promise<string | null> {
  if (typeof token !== "string") return null;
  const { internalAdapter } = await getAuth().$context;
  const kept = await internalAdapter.findVerificationValue(`reset-password:${token}`);
  const user = kept ? await internalAdapter.findUserById(kept.value) : null;
  return user?.email ?? null;
}
