// How the official TypeScript SDK signs in with nothing but the server's address: it says
// {"authorize": URL}, where a browser must go, and waits for that browser on localhost.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { say } from "./speak.mjs";

/** A transport that has signed in, registered by this name. */
export async function signingIn(url, name) {
  const redirect = await listen();
  const authProvider = new Memory(name, redirect.url);
  // The SDK wants one attempt to find out that it must sign in, and another transport after that.
  const first = new StreamableHTTPClientTransport(url, { authProvider });
  try {
    await new Client({ name, version: "1.0.0" }).connect(first);
    throw new Error("connected without signing in");
  } catch (refused) {
    if (!(refused instanceof UnauthorizedError)) throw refused;
  }
  const answer = await redirect.answered;
  if (answer.get("state") !== authProvider.asked) throw new Error("an answer of another state");
  await first.finishAuth(answer.get("code"));
  return new StreamableHTTPClientTransport(url, { authProvider });
}

/** Keeps what the client must remember for as long as the program runs. */
class Memory {
  asked = randomUUID();

  constructor(name, redirectUrl) {
    this.redirectUrl = redirectUrl;
    this.clientMetadata = {
      client_name: name,
      redirect_uris: [redirectUrl],
      token_endpoint_auth_method: "none",
    };
  }

  state() {
    return this.asked;
  }

  clientInformation() {
    return this.client;
  }

  saveClientInformation(client) {
    this.client = client;
  }

  tokens() {
    return this.saved;
  }

  saveTokens(tokens) {
    this.saved = tokens;
  }

  /** What the SDK asks for when the server no longer knows the client, or what it was given. */
  invalidateCredentials(scope) {
    if (scope === "all" || scope === "client") this.client = undefined;
    if (scope === "all" || scope === "tokens") this.saved = undefined;
  }

  redirectToAuthorization(authorize) {
    say({ authorize: authorize.href });
  }

  saveCodeVerifier(verifier) {
    this.verifier = verifier;
  }

  codeVerifier() {
    return this.verifier;
  }
}

/** Waits on localhost for the one answer that a browser brings. */
function listen() {
  return new Promise((listening) => {
    const answered = new Promise((resolve) => {
      const server = createServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url, "http://localhost");
        response.setHeader("Connection", "close").end("Go back.");
        if (pathname !== "/callback") return;
        server.close();
        resolve(searchParams);
      });
      server.listen(0, "127.0.0.1", () =>
        listening({ url: `http://localhost:${server.address().port}/callback`, answered }),
      );
    });
  });
}
