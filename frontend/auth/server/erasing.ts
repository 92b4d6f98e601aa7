import "server-only";

import { APIError } from "better-auth/api";

import { askApi } from "./api";
import { getAuth } from "./auth";
import { authTime } from "./recent-sign-in";

/** Erases the list of a person who is about to be deleted. Throws, and so keeps the person, when that
 * fails: an account that is gone could erase nothing any more. */
export async function eraseList({ id }: { id: string }, request?: Request): Promise<void> {
  const found = request && (await getAuth().api.getSession({ headers: request.headers }));
  if (found?.user.id !== id) throw new APIError("UNAUTHORIZED", { code: "UNAUTHORIZED" });
  try {
    await askApi(id, "DELETE", "", { authenticatedAt: authTime(found.session) });
  } catch (error) {
    console.error(`A list could not be erased: ${String(error)}`);
    throw new APIError("BAD_GATEWAY", {
      code: "LIST_NOT_ERASED",
      message: "The list could not be erased, so nothing was deleted.",
    });
  }
}
