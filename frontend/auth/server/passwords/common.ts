import { createHash } from "node:crypto";

import known from "./digests.json";

/** Characters that must be left of a password without the words of its address. */
const LEAST_OF_ONES_OWN = 6;
const SHORTEST_WORD = 4;

let digests: Set<number> | undefined;

/** Whether a password is among those that are tried first everywhere: one of the 10,000 commonest of
 * its length (NIST SP 800-63B-4, 3.1.1.2), or little but the words of the person's own address. */
export function isCommon(password: string, email: string | null): boolean {
  const lower = password.toLowerCase();
  return isListed(lower) || isOfAddress(lower, email?.toLowerCase() ?? "");
}

function isListed(lower: string): boolean {
  digests ??= readDigests();
  return digests.has(createHash("sha256").update(lower).digest().readUInt32BE());
}

function isOfAddress(lower: string, email: string): boolean {
  const words = [...email.split(/[^\p{L}\p{N}]+/u), "surelist"]
    .filter((word) => word.length >= SHORTEST_WORD)
    .sort((a, b) => b.length - a.length);
  const rest = words.reduce((left, word) => left.replaceAll(word, ""), lower);
  return rest !== lower && Array.from(rest).length < LEAST_OF_ONES_OWN;
}

function readDigests(): Set<number> {
  const bytes = Buffer.from(known.digests, "base64");
  return new Set(
    Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32BE(index * 4)),
  );
}
