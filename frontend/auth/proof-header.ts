/** The header in which a page shows what its browser keeps for this origin (specs/auth.md). */
export const PROOF_HEADER = "X-Surelist-Proof";

/** A session may have been started with one of so many, and a page shows them all. */
export const MOST_PROOFS = 2;

/** The code of the answer to a request that shows no proof of its session. */
export const PROOF_NEEDED = "PROOF_NEEDED";

/** The code of the answer to a request that needs a sign-in within the last ten minutes. */
export const RECENT_SIGN_IN_NEEDED = "RECENT_SIGN_IN_NEEDED";

/** The error of the API that asks for the same (RFC 9470). */
export const RECENT_SIGN_IN = "insufficient_user_authentication";
