import { confirmProof, shownProof } from "./proof";
import { PROOF_NEEDED } from "./proof-header";

const TOKEN_PATH = "/api/auth/token";
const SECONDS_BEFORE_EXPIRY = 30;

/** The browser's session has ended, or there was none. */
export class SignedOut extends Error {
  override name = "SignedOut";
}

/** The browser's session was not started by a page of this origin. */
export class ProofNeeded extends Error {
  override name = "ProofNeeded";
}

/** The browser's session is another person's than the one that this page was made for. */
export class AnotherUser extends Error {
  override name = "AnotherUser";
}

type Kept = { token: string; userId: string; goodUntil: number };

/** The token for the API, got for the browser's session and kept in memory until shortly before
 * it expires. Asked for by many at once, it is fetched once. */
export class ApiTokens {
  private kept: Kept | null = null;
  private userId: string | null = null;
  private fetching: Promise<Kept> | null = null;

  constructor(
    private readonly send: typeof fetch = (...request) => fetch(...request),
    private readonly now: () => number = Date.now,
  ) {}

  /** A token that is good for a while. Rejects with SignedOut, ProofNeeded, AnotherUser, or as fetch does. */
  async get(): Promise<string> {
    if (this.kept && this.now() < this.kept.goodUntil) return this.kept.token;
    this.fetching ??= this.fetchToken().finally(() => (this.fetching = null));
    return (await this.fetching).token;
  }

  /** Let go of a token that was refused; the next `get` fetches another. */
  refused(token: string): void {
    if (this.kept?.token === token) this.kept = null;
  }

  private async fetchToken(): Promise<Kept> {
    const response = await this.send(TOKEN_PATH, { cache: "no-store", headers: shownProof() });
    if (response.status === 401) throw new SignedOut("The session has ended.");
    if (!response.ok) {
      const { code } = (await response.json().catch(() => ({}))) as { code?: string };
      if (code === PROOF_NEEDED) throw new ProofNeeded("The session was not started here.");
      throw new Error(`No token could be had: ${response.status}.`);
    }
    confirmProof();
    const { token } = (await response.json()) as { token: string };
    const { sub, iat, exp } = claimsOf(token);
    this.userId ??= sub;
    if (sub !== this.userId) throw new AnotherUser("Somebody else has signed in.");
    // By this machine's clock, which may differ from the server's: only the lifetime is the token's.
    const goodUntil = this.now() + (exp - iat - SECONDS_BEFORE_EXPIRY) * 1000;
    return (this.kept = { token, userId: sub, goodUntil });
  }
}

function claimsOf(token: string): { sub: string; iat: number; exp: number } {
  const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as { sub: string; iat: number; exp: number };
}
