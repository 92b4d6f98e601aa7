/** The names that strangers give, for people to read: the rule is that of backend/surelist/names.py,
 * and specs/names.json has examples for both. */

const LONGEST = 40;
const FALLBACK = "An agent";

/** A letter with at most one mark, both to be seen, a digit, or one of a few signs. */
const KEPT = /(?!\p{DI})\p{L}(?:(?!\p{DI})\p{M})?|\p{Nd}|[ .\-_'&+()]/gu;

/** What people read for a client: the name it gave itself, made plain, or else a plain one. */
export function clientName(given: string | null | undefined): string {
  const composed = (given ?? "").normalize("NFC").replaceAll(/\s/gu, " ");
  const plain = (composed.match(KEPT) ?? []).join("").replaceAll(/ +/g, " ").trim();
  const name = Array.from(plain).slice(0, LONGEST).join("").trim();
  return /[\p{L}\p{Nd}]/u.test(name) ? name : FALLBACK;
}
