import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { vi } from "vitest";

/** A call that the server has received. */
export type Call = {
  method: string;
  path: string;
  key: string;
  version: string;
  body: Record<string, unknown>;
};

/** What the server does with a call; null: it closes the connection without an answer. */
export type Answer = { status?: number; headers?: Record<string, string>; body?: unknown } | null;

/** An HTTP server for tests of the page's calls. It answers each call as the test says, and remembers
 * it. The calls of this test's page go to it. */
export class AnsweringServer {
  readonly calls: Call[] = [];
  answer: (call: Call) => Answer | Promise<Answer> = () => ({ status: 404 });
  private server: Server | undefined;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      void read(request).then(async (call) => {
        if (call.path === "/api/auth/token") {
          response.end(JSON.stringify({ token: token() }));
          return;
        }
        this.calls.push(call);
        const answer = await this.answer(call);
        if (answer === null) {
          request.socket.destroy();
          return;
        }
        const { status = 200, headers = {}, body } = answer;
        response.writeHead(status, headers);
        response.end(body === undefined ? undefined : JSON.stringify(body));
      });
    });
    await new Promise<void>((done) => this.server?.listen(0, "127.0.0.1", done));
    const origin = `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
    const send = globalThis.fetch;
    vi.stubGlobal("location", new URL(origin));
    vi.stubGlobal("fetch", (to: string | Request, options?: RequestInit) =>
      send(typeof to === "string" ? new URL(to, origin) : to, options),
    );
  }

  /** The calls, without the reads of the ledger and the account. */
  changes(): Call[] {
    return this.calls.filter(({ method }) => method !== "GET");
  }

  async stop(): Promise<void> {
    vi.unstubAllGlobals();
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }
}

async function read(request: IncomingMessage): Promise<Call> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    key: String(request.headers["idempotency-key"] ?? ""),
    version: (request.headers["if-match"] ?? "").replaceAll('"', ""),
    body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

function token(): string {
  const claims = { sub: "ann", iat: 1_000_000, exp: 1_000_300 };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;
}
