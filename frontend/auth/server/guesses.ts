import "server-only";

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

import { getSettings } from "./settings";
import { attempt, forget, takeBack, tallyKey } from "./tally";

/** After the tenth failure in a row 30 seconds, doubled after each up to 20 minutes: at most 87 guesses
 * in a day at one account (NIST SP 800-63B-4, 3.2.2, has 100 in all). */
const WAITS = { free: 10, first: 30, longest: 1200, forgottenAfter: 86_400 };

const COOKIE = "surelist.known";
const COOKIE_PATH = "/"; // the forms are not below /api/auth
const COOKIE_SECONDS = 400 * 86_400; // the longest that browsers keep one
const MOST_ACCOUNTS = 4;

/** The statuses that say that the password was wrong, and that it was right though nothing came of it. */
export type Told = { wrong: number; right?: number };

/** Lets a password be tried for an account, unless too many have failed. A browser in which the account
 * was signed in to before is counted by itself, so that strangers' guesses lock nobody out. */
export async function guarded(
  request: Request,
  email: string,
  told: Told,
  tryIt: () => Promise<Response>,
): Promise<Response> {
  const account = email.toLowerCase();
  const known = knownEntries(request.headers);
  const entry = known.find((one) => isOf(one, account));
  const key = tallyKey("guess", entry ? `${account}\n${entry}` : account);
  const seconds = await attempt(key, WAITS);
  if (seconds > 0) return tooMany(seconds);
  const response = await tryIt();
  if (response.ok || response.status === told.right) await forget(key);
  else if (response.status !== told.wrong) await takeBack(key);
  return response.ok ? remembering(response, account, known) : response;
}

/** The answer, with a cookie that says that this browser has been signed in to the account. */
export function remembering(
  response: Response,
  email: string,
  known: readonly string[] = [],
): Response {
  const account = email.toLowerCase();
  const others = known.filter((one) => !isOf(one, account)).slice(0, MOST_ACCOUNTS - 1);
  const value = [newEntry(account), ...others].join("~");
  const secure = getSettings().webUrl.startsWith("https:") ? "; Secure" : "";
  const headers = new Headers(response.headers);
  headers.append(
    "Set-Cookie",
    `${COOKIE}=${value}; Path=${COOKIE_PATH}; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure}`,
  );
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/** The answer to an attempt that must wait, as Better Auth has its own. */
function tooMany(seconds: number): Response {
  return Response.json(
    { message: "Too many requests. Please try again later." },
    { status: 429, headers: { "Retry-After": String(seconds), "X-Retry-After": String(seconds) } },
  );
}

function newEntry(account: string): string {
  const nonce = randomBytes(12).toString("base64url");
  return `${nonce}.${markOf(account, nonce)}`;
}

/** The entries of the cookie; each is good for the one account whose mark it bears. */
export function knownEntries(headers: Headers): string[] {
  const pairs = (headers.get("Cookie") ?? "").split(/; */);
  const cookie = pairs.find((pair) => pair.startsWith(`${COOKIE}=`));
  return (
    cookie
      ?.slice(COOKIE.length + 1)
      .split("~")
      .slice(0, MOST_ACCOUNTS) ?? []
  );
}

function isOf(entry: string, account: string): boolean {
  const [nonce = "", mark = ""] = entry.split(".");
  const [given, right] = [Buffer.from(mark), Buffer.from(markOf(account, nonce))];
  return given.length === right.length && timingSafeEqual(given, right);
}

function markOf(account: string, nonce: string): string {
  const key = createHmac("sha256", getSettings().secret).update("known browser").digest();
  return createHmac("sha256", key).update(`${account}\n${nonce}`).digest("base64url");
}
