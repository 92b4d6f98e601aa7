/** The redirect's host or program, which identifies an agent better than the name it chose. */
export type Destination = { kind: "this-computer" | "website" | "app"; name: string };

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function destinationOf(redirectUri: string): Destination {
  if (!URL.canParse(redirectUri)) return { kind: "app", name: "an unknown address" };
  const { protocol, hostname, host } = new URL(redirectUri);
  if (protocol === "http:" && LOOPBACK.has(hostname)) return { kind: "this-computer", name: host };
  if (protocol === "https:" || protocol === "http:") return { kind: "website", name: host };
  return { kind: "app", name: `${protocol}//${host}` };
}
