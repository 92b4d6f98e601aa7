export const SIGN_IN = "/sign-in";

/** The sign-in page, which leads back to this place. */
export function signInPath(place: { pathname: string; search: string }): string {
  const next = place.pathname + place.search;
  return next === "/" ? SIGN_IN : `${SIGN_IN}?${new URLSearchParams({ next }).toString()}`;
}

/** Where to go after signing in: a path of this site, whatever the query says. */
export function placeAfter(next: string | null | undefined): string {
  const base = "http://site.invalid";
  if (!next?.startsWith("/") || !URL.canParse(next, base)) return "/";
  const url = new URL(next, base);
  // A path such as /.//other.example is this site's, and once written down alone another's.
  return url.origin === base && !url.pathname.startsWith("//")
    ? url.pathname + url.search + url.hash
    : "/";
}
