import "server-only";

import { isTooOld, resumeAfter, SIGN_IN, signInPath } from "@/auth/paths";
import { isAnswered } from "@/auth/server/answered";
import { getAuth } from "@/auth/server/auth";
import { clientName } from "@/auth/server/client-name";
import { findClient } from "@/auth/server/clients";
import { formPage, seeOther } from "@/features/forms/document";
import { button, checkbox, hidden, icon, message, problem } from "@/features/forms/parts";
import { html, type Html, joined } from "@/ui/html";

import { type Destination, destinationOf } from "./redirect";
import { scopesInWords } from "./scope-words";

const TITLE = "Connect an agent";

const DESTINATIONS = {
  "this-computer": {
    words: "A program on this computer will get the access.",
    paths: html`<path
        d="M18 5a2 2 0 0 1 2 2v8.526a2 2 0 0 0 .212.897l1.068 2.127a1 1 0 0 1-.9 1.45H3.62a1 1 0 0 1-.9-1.45l1.068-2.127A2 2 0 0 0 4 15.526V7a2 2 0 0 1 2-2z"
      />
      <path d="M20.054 15.987H3.946" />`,
  },
  website: {
    words: "This website will get the access.",
    paths: html`<circle cx="12" cy="12" r="10" />
      <path d="M12 2a14.5 14.5 0 0 0 0 20 14.5 14.5 0 0 0 0-20" />
      <path d="M2 12h20" />`,
  },
  app: {
    words: "The app that opens this address will get the access.",
    paths: html`<rect x="2" y="4" width="20" height="16" rx="2" />
      <path d="M10 4v4" />
      <path d="M2 8h20" />
      <path d="M6 4v4" />`,
  },
};

type Options = {
  /** Set-Cookie headers. */
  cookies?: readonly string[];
  /** The Cookie header after them. */
  cookie?: string;
  /** The proof that the form holds for a browser without scripts. */
  proof?: string;
  /** The person's last choice. */
  granted?: readonly string[];
  problem?: { words: string; status: number };
};

/** Asks the person for consent. Better Auth sends the browser here with the signed authorization
 * request as the query. */
export async function consentPage(
  request: Request,
  query: URLSearchParams,
  options: Options = {},
): Promise<Response> {
  const { cookies = [], cookie, problem: wrong } = options;
  const headers = cookie === undefined ? request.headers : new Headers({ Cookie: cookie });
  const session = await getAuth().api.getSession({ headers });
  if (!session) return seeOther(`${SIGN_IN}?${query.toString()}`, cookies);
  const signature = query.get("sig");
  if (signature === null) return seeOther("/sign-in-error?error=invalid_request", cookies);
  const client = await findClient(query.get("client_id") ?? "");
  if (!client) return seeOther("/sign-in-error?error=invalid_client", cookies);
  if (isTooOld(query)) return seeOther(resumeAfter(query), cookies);
  if (await isAnswered(signature)) return answeredPage(request);
  return formPage(request, {
    title: wrong ? `Error: ${TITLE}` : TITLE,
    status: wrong?.status ?? 200,
    cookies,
    body: form({
      query,
      name: clientName(client.name),
      person: session.user.id,
      email: session.user.email,
      ...options,
    }),
  });
}

/** The page for a request that was answered before. */
export function answeredPage(request: Request): Promise<Response> {
  return formPage(request, {
    title: "Already answered",
    status: 409,
    body: message(
      "You have answered this already",
      "To change your answer, connect again from the agent.",
    ),
  });
}

type FormOptions = Options & {
  query: URLSearchParams;
  name: string;
  person: string;
  email: string;
};

function form({
  query,
  name,
  person,
  email,
  proof = "",
  granted,
  problem: wrong,
}: FormOptions): Html {
  const scopes = (query.get("scope") ?? "").split(" ").filter(Boolean);
  const destination = destinationOf(query.get("redirect_uri") ?? "");
  const choices = scopesInWords(scopes).map(({ scope, may, detail, optional }) =>
    checkbox({
      name: scope,
      label: may,
      detail,
      checked: !optional || !granted || granted.includes(scope),
      fixed: !optional,
    }),
  );
  const elsewhere = signInPath({ pathname: "/consent", search: `?${query.toString()}` }, "proof");
  return html`<form method="post" action="/consent" data-shows data-sign-in="${elsewhere}">
    <h1 class="text-xl font-semibold">
      Let <span class="wrap-anywhere">${destination.name}</span> work on your task list?
    </h1>
    <p class="mt-1 text-muted">
      It calls itself <bdi class="text-text wrap-anywhere">“${name}”</bdi>.
    </p>
    ${whereTo(destination)}
    <h2 class="mt-6 text-sm font-medium">It may</h2>
    <div class="mt-2 grid gap-3">${joined(choices)}</div>
    <div class="mt-4">${problem(wrong?.words ?? null)}</div>
    ${hidden("oauth_query", query.toString())} ${hidden("person", person)} ${hidden("proof", proof)}
    <div class="mt-6 grid grid-cols-2 gap-3">
      ${button("Do not allow", { look: "secondary", name: "answer", value: "deny" })}
      ${button("Allow", { name: "answer", value: "allow" })}
    </div>
    <p class="mt-6 text-sm text-muted">
      You are signed in as <bdi class="wrap-anywhere">${email}</bdi>.
      <button
        type="submit"
        name="answer"
        value="leave"
        class="text-accent underline underline-offset-4"
      >
        Use another account
      </button>
    </p>
  </form>`;
}

function whereTo({ kind }: Destination): Html {
  const { words, paths } = DESTINATIONS[kind];
  return html`<div class="mt-4 flex items-start gap-3 rounded-xl bg-sunken p-3 text-sm">
    ${icon(paths, 2, "mt-0.5 size-4 shrink-0 text-muted")}
    <p class="min-w-0">${words} Allow it only if you have just started this yourself.</p>
  </div>`;
}
