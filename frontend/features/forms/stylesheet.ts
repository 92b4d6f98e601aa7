import "server-only";

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { getSettings } from "@/auth/server/settings";

const DEVELOPING = process.env.NODE_ENV === "development";

/** A file of the build that names the stylesheet of every page. */
const MANIFEST = "server/app/_not-found/page_client-reference-manifest.js";
const STYLESHEET = /static\/chunks\/[^"]+\.css/;

let found: string | undefined;

/** The address of the stylesheet that Next.js has built for its own pages; null if there is none. */
export async function stylesheet(): Promise<string | null> {
  if (found && !DEVELOPING) return found;
  // While developing, Next.js builds a page when it is first requested.
  if (DEVELOPING) await fetch(`${getSettings().webUrl}/no-such-page`).catch(() => undefined);
  const built = join(/* turbopackIgnore: true */ process.cwd(), ".next", DEVELOPING ? "dev" : "");
  const manifest = await readFile(join(built, MANIFEST), "utf8").catch(() => "");
  const path = STYLESHEET.exec(manifest)?.[0];
  found = path && `/_next/${path}`;
  return found ?? null;
}
