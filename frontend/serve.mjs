/* The built page, within the limits of serve/. */

import { existsSync, fstatSync } from "node:fs";
import http from "node:http";

import { trustedBy } from "./serve/callers.mjs";
import { bound } from "./serve/limits.mjs";
import { takeOver } from "./serve/log.mjs";

/* Ended when whoever started it ends: that process holds the other end of its standard input, which
 * closes then, also when that process was killed. In a container there is no such process. */
if (fstatSync(0).isFIFO()) {
  process.stdin.resume();
  process.stdin.on("close", () => process.exit(0));
}
takeOver(console, (line) => process.stderr.write(`${line}\n`));
bound(http, trustedBy(process.env.SURELIST_TRUSTED_PROXIES));
const built = ["./server.js", "./.next/standalone/server.js"].map(
  (path) => new URL(path, import.meta.url),
);
await import(built.find((path) => existsSync(path))?.href ?? built[1].href);
