import "server-only";

import { handle } from "./handler";
import { getSettings } from "./settings";

const BASE_PATH = "/api/auth";

/** The answer of an endpoint below /api/auth. */
export type Told = {
  status: number;
  ok: boolean;
  /** Better Auth's name for the reason of a refusal. */
  code: string;
  body: Record<string, unknown>;
  location: string | null;
  /** Set-Cookie headers. */
  cookies: readonly string[];
};

/** Calls an endpoint below /api/auth in this process, as the browser of `request` would: through the
 * same gate, limits and guards. Without `json` it is a GET. */
export async function askAuth(
  request: Request,
  path: string,
  json: object | null,
  added: Record<string, string> = {},
): Promise<Told> {
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) {
    if (/^(content-|transfer-encoding|x-surelist-)/.test(name)) headers.delete(name);
  }
  if (json) headers.set("Content-Type", "application/json");
  for (const [name, value] of Object.entries(added)) if (value) headers.set(name, value);
  const asked = new Request(`${getSettings().webUrl}${BASE_PATH}${path}`, {
    method: json ? "POST" : "GET",
    headers,
    ...(json ? { body: JSON.stringify(json) } : {}),
  });
  const response = await handle(asked);
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown> | null;
  const code = body?.["code"] ?? body?.["error"];
  return {
    status: response.status,
    ok: response.ok,
    code: typeof code === "string" ? code : "",
    body: body ?? {},
    location: response.headers.get("Location"),
    cookies: response.headers.getSetCookie(),
  };
}
