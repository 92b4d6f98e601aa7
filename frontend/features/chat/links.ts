const SCHEMES = new Set(["http:", "https:", "mailto:"]);
const MOST_SHOWN = 60;

export type Link = { href: string; to: string };

/** The target of a link: `href` for the browser, and `to` for people. Null for a script, a path of
 * this site, and an invalid address. */
export function linkTo(address: string | undefined): Link | null {
  const url = address && URL.canParse(address) ? new URL(address) : null;
  if (!url || !SCHEMES.has(url.protocol)) return null;
  // User information before an @ can look like a host.
  url.username = "";
  url.password = "";
  const href = url.href;
  const whole = href.replace(/^(https?:\/\/|mailto:)/, "").replace(/\/$/, "");
  const to = whole.length > MOST_SHOWN ? `${whole.slice(0, MOST_SHOWN)}…` : whole;
  return { href, to };
}

/** Whether the text of a link is its address. */
export function saysWhere(words: string, { href, to }: Link): boolean {
  const bare = (text: string) => text.replace(/^(https?:\/\/|mailto:)/, "").replace(/\/$/, "");
  return !to.endsWith("…") && (words === href || bare(words) === to);
}
