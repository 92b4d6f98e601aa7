import "server-only";

import { randomBytes } from "node:crypto";

import { placeAfter } from "@/auth/paths";
import { html, type Html } from "@/ui/html";
import { readTheme, THEME_COOKIE } from "@/ui/themes";

import { cookieOf } from "./cookies";
import { icon, TICK } from "./parts";
import { stylesheet } from "./stylesheet";

/** The script of the forms, in public/. */
const SCRIPT = "/forms.js";

/** A cookie without a secret. A browser that does not send it back blocks cookies. */
export const COOKIE_CHECK = "surelist.cookies";

export type Shown = {
  title: string;
  body: Html;
  status?: number;
  /** Set-Cookie headers. */
  cookies?: readonly string[];
  /** Elements of the head. */
  head?: Html;
};

/** A whole page with one card, which works without its script. It loads neither React nor Next.js.
 *
 * It is not compressed (no-transform), because it can contain a proof or a signature beside text of
 * the query (BREACH). */
export async function formPage(
  request: Request,
  { title, body, status = 200, cookies = [], head }: Shown,
): Promise<Response> {
  const nonce = randomBytes(16).toString("base64url");
  const theme = readTheme(cookieOf(request, THEME_COOKIE) ?? undefined);
  const style = await stylesheet();
  const page = html`<!doctype html>
    <html lang="en" data-theme="${theme}">
      <head>
        <meta charset="utf-8" />
        <title>${title} · Surelist</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          name="description"
          content="One task list that you and all of your AI agents share."
        />
        <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f9fbfb" />
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0d1416" />
        <link rel="icon" href="/favicon.svg" />
        ${style && html`<link rel="stylesheet" href="${style}" />`} ${head}
        <script src="${SCRIPT}" nonce="${nonce}" defer></script>
      </head>
      <body class="font-sans text-base">
        <main class="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-6 p-4 py-10">
          <div class="text-center text-lg">${LOGO}</div>
          <div class="rounded-2xl border border-line bg-surface p-6 shadow-float sm:p-8">
            ${body}
          </div>
        </main>
      </body>
    </html>`;
  const headers = new Headers({
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policy(nonce),
    "Cache-Control": "no-store, no-transform",
  });
  headers.append("Set-Cookie", `${COOKIE_CHECK}=1; Path=/; HttpOnly; SameSite=Lax`);
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(page.text, { status, headers });
}

/** A redirect to a path of this site, whatever the path says. */
export function seeOther(path: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ Location: placeAfter(path), "Cache-Control": "no-store" });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** Only the one script runs, and a form is sent to this site only. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const LOGO = html`<span class="inline-flex items-center gap-2 font-semibold tracking-tight">
  <span class="grid size-6 place-items-center rounded-md bg-accent text-on-accent">
    ${icon(TICK, 3.5, "size-4")}
  </span>
  <span>Surelist</span>
</span>`;
