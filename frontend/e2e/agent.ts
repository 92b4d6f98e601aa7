import { createHash, randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { someAddress } from "./addresses";
import { madeFor } from "@/auth/person-header";

import type { Visitor } from "./browser";
import { product } from "./product";

export type Answer = { status: number; body: Record<string, string> };
type Changes = Record<string, string | undefined>;
type Walk = { code: string; verifier: string; parameters: URLSearchParams };

/** An MCP client on bare HTTP, with each step of OAuth as a method, also wrong steps. */
export class Agent {
  clientId = "";
  private readonly address = someAddress();
  private listener: Server | undefined;
  private answered: ((parameters: URLSearchParams) => void) | undefined;
  redirectUri = "";

  static async register(metadata: Record<string, unknown> = {}): Promise<Agent> {
    const agent = new Agent();
    await agent.listen();
    const { status, body } = await register({
      client_name: "Claude Code",
      redirect_uris: [agent.redirectUri],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      ...metadata,
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
    agent.clientId = body["client_id"] ?? "";
    return agent;
  }

  /** The address to open in the person's browser. */
  authorizeUrl(changes: Changes = {}, verifier = "v".repeat(43)): string {
    const asked: Changes = {
      response_type: "code",
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      state: "the state",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...changes,
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(asked))
      if (value !== undefined) query.set(name, value);
    return `${product.web}/api/auth/oauth2/authorize?${query.toString()}`;
  }

  /** Lets the visitor allow the client, and returns the parameters of the redirect. */
  async connect(visitor: Visitor, changes: Changes = {}): Promise<Walk> {
    const verifier = randomBytes(32).toString("base64url");
    const redirected = this.redirected();
    await visitor.page.goto(this.authorizeUrl(changes, verifier));
    await visitor.answerConsent("Allow");
    const parameters = await redirected;
    return { code: parameters.get("code") ?? "", verifier, parameters };
  }

  /** The address to which the authorization request redirects the visitor's browser. */
  async ask(visitor: Visitor, changes: Changes = {}, verifier?: string): Promise<URL> {
    const url = this.authorizeUrl(changes, verifier);
    const answer = await visitor.page.request.get(url, { maxRedirects: 0 });
    return new URL(answer.headers()["location"] ?? "", product.web);
  }

  /** Lets the visitor allow the client by sending the page's requests to both servers. */
  async allowedBy(visitor: Visitor, changes: Changes = {}): Promise<Walk> {
    const verifier = randomBytes(32).toString("base64url");
    const asked = await this.ask(visitor, changes, verifier);
    const oauth_query = asked.search.slice(1);
    const answer = await consent(visitor, { accept: true, oauth_query });
    const parameters = new URL(answer.body["url"] ?? "").searchParams;
    const scopes = (asked.searchParams.get("scope") ?? "").split(" ");
    await visitor.call("PUT", `/agents/${this.clientId}`, {
      name: "Claude Code",
      scopes: scopes.filter((scope) => scope !== "offline_access"),
    });
    return { code: parameters.get("code") ?? "", verifier, parameters };
  }

  /** The next request to the redirect. */
  redirected(): Promise<URLSearchParams> {
    return new Promise((resolve) => (this.answered = resolve));
  }

  exchange({ code, verifier }: Walk, changes: Record<string, string> = {}): Promise<Answer> {
    return this.token({
      grant_type: "authorization_code",
      code,
      code_verifier: verifier,
      redirect_uri: this.redirectUri,
      ...changes,
    });
  }

  refresh(token: string, changes: Record<string, string> = {}): Promise<Answer> {
    return this.token({ grant_type: "refresh_token", refresh_token: token, ...changes });
  }

  async token(body: Record<string, string>): Promise<Answer> {
    const sent = new URLSearchParams({ client_id: this.clientId, ...body });
    return answer(
      await fetch(`${product.web}/api/auth/oauth2/token`, {
        method: "POST",
        headers: { "X-Forwarded-For": this.address },
        body: sent,
      }),
    );
  }

  close(): void {
    this.listener?.close();
    this.listener?.closeAllConnections();
  }

  private async listen(): Promise<void> {
    this.listener = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://localhost");
      response.end("You can go back to the agent.");
      if (url.pathname === "/callback") this.answered?.(url.searchParams);
    });
    await new Promise<void>((resolve) => this.listener?.listen(0, "127.0.0.1", resolve));
    const { port } = this.listener.address() as AddressInfo;
    this.redirectUri = `http://localhost:${String(port)}/callback`;
  }
}

export async function register(metadata: Record<string, unknown>): Promise<Answer> {
  return answer(
    await fetch(`${product.web}/api/auth/oauth2/register`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Forwarded-For": someAddress() },
      body: JSON.stringify(metadata),
    }),
  );
}

/** Sends the request of the visitor's consent page. `headers` replace its Origin. */
export async function consent(
  visitor: Visitor,
  body: Record<string, unknown>,
  headers?: Record<string, string>,
): Promise<Answer> {
  const url = "/api/auth/oauth2/consent";
  const { Origin, ...proof } = await visitor.shown();
  const sent = {
    ...madeFor(await visitor.id()),
    ...proof,
    ...(headers ?? { Origin: Origin ?? "" }),
  };
  const response = await visitor.page.request.post(url, { data: body, headers: sent });
  return { status: response.status(), body: (await response.json()) as Record<string, string> };
}

/** One call to the MCP server, or to another of its endpoints. */
export function callTool(
  token: string,
  name: string,
  input: object = {},
  path = "/mcp",
): Promise<Response> {
  return fetch(product.api + path, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      "MCP-Protocol-Version": "2025-11-25",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name, arguments: input },
    }),
  });
}

/** One REST call. */
export function callRest(token: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${product.api}/api/me${path}`, {
    ...init,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
  });
}

export function claimsOf(token: string): Record<string, unknown> {
  const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return JSON.parse(payload) as Record<string, unknown>;
}

async function answer(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}
