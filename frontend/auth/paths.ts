export const SIGN_IN = "/sign-in";
export const SIGN_UP = "/sign-up";
export const SIGN_IN_ERROR = "/sign-in-error";

/** The pages that are plain HTML, without React and Next.js. */
export const FORM_PAGES: readonly string[] = [
  SIGN_IN,
  SIGN_UP,
  SIGN_IN_ERROR,
  "/forgot-password",
  "/reset-password",
  "/consent",
  "/finish-sign-in",
];

/** In which proxy.ts tells the pages their own address, as path and query. */
export const PLACE_HEADER = "x-surelist-place";

export const AUTHORIZE = "/api/auth/oauth2/authorize";

const ANY_SITE = "http://site.invalid";

/** Why somebody is to sign in: their session has ended, was not started by a page of this origin, or
 * was started too long ago; or their address has just been confirmed. */
const REASONS = ["ended", "proof", "recent", "confirmed"] as const;
export type Reason = (typeof REASONS)[number];

/** What Better Auth adds to an authorization request when it sends the browser to sign in, and this
 * page itself. */
const ADDED_ON_THE_WAY = ["sig", "exp", "ba_iat", "ba_pl", "ba_param", "reason"];

/** The sign-in page, which leads back to this place. */
export function signInPath(place: { pathname: string; search: string }, reason?: Reason): string {
  const next = place.pathname + place.search;
  const query = new URLSearchParams(next === "/" ? {} : { next });
  if (reason) query.set("reason", reason);
  return query.size > 0 ? `${SIGN_IN}?${query.toString()}` : SIGN_IN;
}

/** Why one is at the sign-in page, by its query; null when there is nothing to say. */
export function reasonOf(query: URLSearchParams): Reason | null {
  return REASONS.find((one) => one === query.get("reason")) ?? null;
}

/** Where the link of an e-mail that confirms an address leads: to sign in, and then to `next`. */
export function confirmedPath(next: string): string {
  return `${SIGN_IN}?${new URLSearchParams({ reason: "confirmed", next }).toString()}`;
}

/** Where to go after signing in: a path of this site, whatever the query says. */
export function placeAfter(next: string | null | undefined): string {
  if (!next?.startsWith("/") || !URL.canParse(next, ANY_SITE)) return "/";
  const url = new URL(next, ANY_SITE);
  // A path such as /.//other.example is this site's, and once written down alone another's.
  return url.origin === ANY_SITE && !url.pathname.startsWith("//")
    ? url.pathname + url.search + url.hash
    : "/";
}

/** Where to go after signing in, by the query of the sign-in page: on with the authorization of the
 * client that asked for it, or back to `next`. */
export function resumeAfter(query: URLSearchParams): string {
  if (!query.has("client_id")) return placeAfter(query.get("next"));
  const parameters = new URLSearchParams(query);
  for (const name of ADDED_ON_THE_WAY) parameters.delete(name);
  return `${AUTHORIZE}?${parameters.toString()}`;
}

/** The place without what Better Auth says there that went wrong on the way, and that. */
export function withoutError(place: string): { place: string; error: string | null } {
  const url = new URL(place, ANY_SITE);
  const error = url.searchParams.get("error");
  if (error === null) return { place, error };
  url.searchParams.delete("error");
  return { place: url.pathname + url.search + url.hash, error };
}

/** Whether an authorization request, as the server signed it, is too old to be answered. */
export function isTooOld(signed: URLSearchParams): boolean {
  return !(Number(signed.get("exp")) * 1000 > Date.now());
}
