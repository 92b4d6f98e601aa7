/* Serves the built page with the limits of serve/. */

import { existsSync, fstatSync } from "node:fs";
import http from "node:http";

import { trustedBy } from "./serve/callers.mjs";
import { compressing } from "./serve/compression.mjs";
import { bound } from "./serve/limits.mjs";
import { takeOver } from "./serve/log.mjs";

/* Ends with its parent process, which holds the other end of standard input: the system closes it
 * even if the parent is killed. A container has no such parent. */
if (fstatSync(0).isFIFO()) {
  process.stdin.resume();
  process.stdin.on("close", () => process.exit(0));
}
takeOver(console, (line) => process.stderr.write(`${line}\n`));
compressing(http);
bound(http, trustedBy(process.env.SURELIST_TRUSTED_PROXIES));
const built = ["./server.js", "./.next/standalone/server.js"].map(
  (path) => new URL(path, import.meta.url),
);
await import(built.find((path) => existsSync(path))?.href ?? built[1].href);
