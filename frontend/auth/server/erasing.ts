import "server-only";

import { APIError } from "better-auth/api";

import { askApi } from "./api";
import { getAuth } from "./auth";
import { authTime } from "./recent-sign-in";

/** A long list goes batch by batch; the page's server closes a connection that is silent for longer. */
const SECONDS_TO_ERASE = 120;

/** Erases the list of a person who is about to be deleted. Throws, and so keeps the person, when that
 * fails or takes too long: an account that is gone could erase nothing any more, and this one goes on
 * where it was when it is asked again. */
export async function eraseList({ id }: { id: string }, request?: Request): Promise<void> {
  const found = request && (await getAuth().api.getSession({ headers: request.headers }));
  if (found?.user.id !== id) throw new APIError("UNAUTHORIZED", { code: "UNAUTHORIZED" });
  try {
    await askApi(id, "DELETE", "", {
      authenticatedAt: authTime(found.session),
      secondsToAnswer: SECONDS_TO_ERASE,
    });
  } catch (error) {
    console.error(`A list could not be erased: ${String(error)}`);
    throw new APIError("BAD_GATEWAY", {
      code: "LIST_NOT_ERASED",
      message:
        "The list is not erased to its end yet, so your account is still there. Try again in a minute.",
    });
  }
}
