import { MOST_PROOFS, PROOF_HEADER } from "./proof-header";

const KEY = "surelist.proof"; // public/forms.js writes it
const TRIED = "surelist.tried";

/** The header that shows the proofs that this browser keeps; none when it keeps nothing. */
export function shownProof(): Record<string, string> {
  const proofs = kept();
  return proofs.length > 0 ? { [PROOF_HEADER]: proofs.slice(0, MOST_PROOFS).join(" ") } : {};
}

/** Confirms that the last sign-in of this tab has started a session, so that the next one keeps its
 * proof. */
export function confirmProof(): void {
  try {
    sessionStorage.removeItem(TRIED);
  } catch {
    // Nothing is stored.
  }
}

/** Forgets the proofs, when the session has ended. */
export function forgetProof(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing is stored.
  }
}

function kept(): string[] {
  try {
    return (localStorage.getItem(KEY) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}
