const LONGEST = 100; // of the claim client_name: specs/tokens.md

/** What people read for a client: the name it gave itself on one line, or else a plain one. */
export function clientName(given: string | null | undefined): string {
  // Also what turns the direction of text around, and so could make a name read as another.
  const line = (given ?? "").replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, " ");
  const name = Array.from(line.replaceAll(/\s+/g, " ").trim()).slice(0, LONGEST).join("").trim();
  return name || "An agent";
}
