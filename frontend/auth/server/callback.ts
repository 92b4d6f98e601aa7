import "server-only";

import { PROOF_HEADER } from "../proof-header";

/** The page that finishes signing in with GitHub or Google. */
const FINISHING = "/finish-sign-in";

/** Finishes a sign-in by GitHub or Google only for a browser that keeps its proof for this origin.
 * The cookie that ties the way back to the way there can be set by every server of the same host,
 * which could have a person finish what it began, and share the session (specs/auth.md).
 *
 * A browser that is led here cannot show a header, so it is led on to a page whose script asks once
 * more, with the header, and is told where to go. */
export async function finishSignIn(
  request: Request,
  path: string,
  answer: (request: Request) => Promise<Response>,
): Promise<Response> {
  if (!request.headers.has(PROOF_HEADER)) {
    const query = new URL(request.url).searchParams;
    query.set("provider", path.split("/").at(-1) ?? "");
    const headers = { Location: `${FINISHING}?${query.toString()}`, "Cache-Control": "no-store" };
    return new Response(null, { status: 303, headers });
  }
  const response = await answer(request);
  const url = response.headers.get("Location");
  if (url === null) return response;
  const headers = new Headers(response.headers);
  headers.delete("Location");
  return Response.json({ url }, { headers });
}
