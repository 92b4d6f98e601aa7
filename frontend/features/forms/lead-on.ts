import "server-only";

import { isSafeUrlScheme } from "@better-auth/core/utils/url";

import { html } from "@/ui/html";

import { formPage } from "./document";
import { link } from "./parts";

type Way = { title: string; words: string; linkWords: string; cookies?: readonly string[] };

/** Leads the browser to another site or program. It is a page with a link and not a redirect, because
 * the content security policy lets no form be redirected to another site. The page also remains when
 * a program takes over. */
export function leadOn(
  request: Request,
  url: string,
  { title, words, linkWords, cookies = [] }: Way,
): Promise<Response> {
  if (!isSafeUrlScheme(url)) throw new Error("The redirect is not safe.");
  return formPage(request, {
    title,
    cookies,
    head: html`<noscript><meta http-equiv="refresh" content="0; url=${url}" /></noscript>`,
    body: html`<div role="status">
        <h1 class="text-xl font-semibold">${title}</h1>
        <p class="mt-2 text-muted">${words}</p>
      </div>
      <p class="mt-4" data-go-on>${link(url, linkWords)}</p>`,
  });
}
