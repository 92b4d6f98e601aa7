import { MOST_PROOFS, PROOF_HEADER } from "./proof-header";

const KEY = "surelist.proof";
const BYTES = 32;

/** The browser keeps nothing for this origin, so that no session can be bound to it. */
export class NothingKept extends Error {
  override name = "NothingKept";
}

/** Sends what starts a session, with a new proof that this browser keeps when it succeeds. Rejects
 * with NothingKept, or as `send` does.
 *
 * A cookie belongs to a host, and so to every server of this machine; what is kept here belongs to
 * this origin, port included (RFC 6265, 8.5). The proof before it stays until the next one, for the
 * session that goes on when this one does not start: a way to GitHub can be left half-way. */
export async function startSession<Answer extends { error: unknown }>(
  send: (headers: Record<string, string>) => Promise<Answer>,
): Promise<Answer> {
  const proof = newProof();
  keep([proof, ...kept()]);
  let started = false;
  try {
    const answer = await send({ [PROOF_HEADER]: proof });
    started = !answer.error;
    return answer;
  } finally {
    if (!started) keep(kept().filter((one) => one !== proof));
  }
}

/** The header that shows what this browser keeps; none when it keeps nothing. */
export function shownProof(): Record<string, string> {
  const proofs = kept();
  return proofs.length > 0 ? { [PROOF_HEADER]: proofs.join(" ") } : {};
}

/** Forgets it, when the session has ended. */
export function forgetProof(): void {
  keep([]);
}

function newProof(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function kept(): string[] {
  try {
    return (localStorage.getItem(KEY) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}

function keep(proofs: readonly string[]): void {
  try {
    localStorage.setItem(KEY, proofs.slice(0, MOST_PROOFS).join(" "));
  } catch {
    throw new NothingKept("This browser keeps nothing for this site.");
  }
}
