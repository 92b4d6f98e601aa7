import "server-only";

import { getAuth } from "./auth";
import { isCommon } from "./passwords/common";
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from "./passwords/lengths";

/** The refusal of a password that is too short or too long, or that is tried first everywhere; or
 * null. */
export function refusedPassword(password: unknown, email: string | null): Response | null {
  if (typeof password !== "string") return null; // the endpoint itself refuses it
  if (password.length < SHORTEST_PASSWORD) {
    return refusal("PASSWORD_TOO_SHORT", "This password is too short.");
  }
  if (password.length > LONGEST_PASSWORD) {
    return refusal("PASSWORD_TOO_LONG", "This password is too long.");
  }
  if (!isCommon(password, email)) return null;
  return refusal("PASSWORD_TOO_COMMON", "This password is one of those that are tried first.");
}

const refusal = (code: string, message: string) =>
  Response.json({ code, message }, { status: 400 });

/** The address of whoever may choose a new password by this token; null when it is good for nobody. */
export async function addressOfToken(token: unknown): Promise<string | null> {
  if (typeof token !== "string") return null;
  const { internalAdapter } = await getAuth().$context;
  const kept = await internalAdapter.findVerificationValue(`reset-password:${token}`);
  const user = kept ? await internalAdapter.findUserById(kept.value) : null;
  return user?.email ?? null;
}
