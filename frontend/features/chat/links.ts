const SCHEMES = new Set(["http:", "https:", "mailto:"]);
const MOST_SHOWN = 60;

export type Link = { href: string; to: string };

/** Where a link goes: `href` for the browser, and `to` for people. Null for what is no link here: a
 * script, a place within this site, an address that no browser understands. */
export function linkTo(address: string | undefined): Link | null {
  const url = address && URL.canParse(address) ? new URL(address) : null;
  if (!url || !SCHEMES.has(url.protocol)) return null;
  // Who looks like a host before an @ is none.
  url.username = "";
  url.password = "";
  const href = url.href;
  const whole = href.replace(/^(https?:\/\/|mailto:)/, "").replace(/\/$/, "");
  const to = whole.length > MOST_SHOWN ? `${whole.slice(0, MOST_SHOWN)}…` : whole;
  return { href, to };
}

/** Whether the words of a link are the address that it goes to. */
export function saysWhere(words: string, { href, to }: Link): boolean {
  const bare = (text: string) => text.replace(/^(https?:\/\/|mailto:)/, "").replace(/\/$/, "");
  return !to.endsWith("…") && (words === href || bare(words) === to);
}
