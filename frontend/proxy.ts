import { type NextRequest, NextResponse } from "next/server";

import { contentSecurityPolicy } from "./app/content-security-policy";
import { FORM_PAGES, PLACE_HEADER } from "./auth/paths";
import { pageRefusal } from "./auth/server/gate/pages";

/** Handles everything except built files: adds the content security policy to pages, and forwards
 * /api to the API, except Better Auth's paths. */
export const config = { matcher: "/((?!_next/static/|favicon\\.svg$).*)" };

export async function proxy(request: NextRequest): Promise<Response> {
  const { pathname } = request.nextUrl;
  const ofAuth = pathname.startsWith("/api/auth/");
  if (pathname.startsWith("/api/") && !ofAuth) return toApi(request);
  const refused = ofAuth ? null : await pageRefusal(request);
  if (refused) return refused;
  if (isForm(pathname)) return NextResponse.next(); // it has a policy of its own
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy); // Next.js reads the nonce from it
  headers.set(PLACE_HEADER, pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

/** Whether it is a page of features/forms, which Next.js does not render. */
const isForm = (path: string) => FORM_PAGES.includes(path);

/** The API accepts only bearer tokens, so it must not get cookies. */
function toApi(request: NextRequest): NextResponse {
  const api =
    process.env.SURELIST_API_INTERNAL ?? process.env.SURELIST_URL ?? "http://localhost:8000";
  const headers = new Headers(request.headers);
  headers.delete("cookie");
  const { pathname, search } = request.nextUrl;
  return NextResponse.rewrite(new URL(pathname + search, api), { request: { headers } });
}
