import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUILT = new URL("../.next", import.meta.url).pathname;
const SERVER = join(BUILT, "server/app");
const MANIFEST = "page_client-reference-manifest.js";

type Manifest = { entryJSFiles: Record<string, string[]> };

/** The scripts that a browser loads for each page of the build, in bytes after gzip. The keys are the
 * pages' paths. Scripts for browsers without modules are left out. */
export function firstLoads(): Record<string, number> {
  const { rootMainFiles } = JSON.parse(
    readFileSync(join(BUILT, "build-manifest.json"), "utf8"),
  ) as { rootMainFiles: string[] };
  const manifests = readdirSync(SERVER, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(MANIFEST))
    .sort();
  return Object.fromEntries(
    manifests.map((path) => {
      const files = new Set([...rootMainFiles, ...Object.values(scriptsIn(path)).flat()]);
      return [routeOf(path), sum([...files].map(gzipped))];
    }),
  );
}

function scriptsIn(path: string): Record<string, string[]> {
  const text = readFileSync(join(SERVER, path), "utf8");
  const start = text.indexOf("] = ") + "] = ".length;
  const json = text.slice(start).trim().replace(/;$/, "");
  return (JSON.parse(json) as Manifest).entryJSFiles;
}

/** Without the folders in parentheses, which are not part of an address. */
function routeOf(path: string): string {
  const folders = path.slice(0, -MANIFEST.length).split("/").filter(Boolean);
  return `/${folders.filter((one) => !one.startsWith("(")).join("/")}`;
}

const gzipped = (file: string) => gzipSync(readFileSync(join(BUILT, file))).byteLength;

const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
