import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";

import { someAddress } from "./addresses";
import { Agent, type Answer } from "./agent";
import { closeBrowser, Visitor } from "./browser";
import { forgetClient } from "./database";
import { product } from "./product";

const NOT_KNOWN = "d".repeat(32);

let ann: Visitor;
let agent: Agent;

beforeEach(async () => {
  ann = await Visitor.withAccount();
  agent = await Agent.register();
});

afterEach(async () => {
  agent.close();
  await ann.leave();
});

afterAll(closeBrowser);

const of = ({ body }: Answer, name: string): string => body[name] ?? "";
type Sent = { status: number; error: string | undefined; challenge: string | null };

/** A client's request, without the parameters that Agent adds. */
async function send(
  endpoint: "token" | "revoke",
  body: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Sent> {
  const response = await fetch(`${product.web}/api/auth/oauth2/${endpoint}`, {
    method: "POST",
    headers: { "X-Forwarded-For": someAddress(), ...headers },
    body: new URLSearchParams(body),
  });
  const text = await response.text();
  const { error } = (text === "" ? {} : JSON.parse(text)) as { error?: string };
  return { status: response.status, error, challenge: response.headers.get("WWW-Authenticate") };
}

const basic = (id: string, secret: string) => ({
  Authorization: `Basic ${btoa(`${id}:${secret}`)}`,
});

describe("a client that is not registered", () => {
  const WHO = { client_id: NOT_KNOWN };
  const CODE = { grant_type: "authorization_code", code: "c", code_verifier: "v".repeat(43) };
  const REFRESH = { grant_type: "refresh_token", refresh_token: "r" };

  test("gets invalid_client from the token and revocation endpoints, with any authentication method", async () => {
    for (const [endpoint, body] of [
      ["token", CODE],
      ["token", REFRESH],
      ["revoke", { token: "r" }],
    ] as const) {
      const told = { status: 401, error: "invalid_client" };
      expect(await send(endpoint, { ...body, ...WHO })).toEqual({ ...told, challenge: null });
      const secret = { ...body, ...WHO, client_secret: "s" };
      expect(await send(endpoint, secret)).toEqual({ ...told, challenge: null });
      expect(await send(endpoint, body, basic(NOT_KNOWN, "s"))).toEqual({
        ...told,
        challenge: 'Basic realm="Surelist"',
      });
    }
  });

  test("uses up no code, and neither does one with a wrong secret", async () => {
    const secretive = await Agent.register({ token_endpoint_auth_method: "client_secret_basic" });
    const walk = await secretive.allowedBy(ann);
    const code = { ...CODE, code: walk.code, code_verifier: walk.verifier };
    for (const id of [NOT_KNOWN, secretive.clientId]) {
      expect(await send("token", code, basic(id, "wrong"))).toMatchObject({
        status: 401,
        error: "invalid_client",
      });
    }
    expect(await secretive.exchange(walk)).toMatchObject({
      status: 401,
      body: { error: "invalid_client" },
    });
    secretive.close();
  });

  test("is shown to the person, with how to connect again", async () => {
    await forgetClient(agent.clientId);
    const stranger = await Visitor.arrive();
    for (const who of [ann, stranger]) {
      const asked = await agent.ask(who);
      expect(asked.pathname + asked.search).toBe("/sign-in-error?error=invalid_client");
    }
    await ann.page.goto(agent.authorizeUrl());
    await ann.page.getByRole("heading", { name: "That did not work" }).waitFor();
    await ann.page.getByText(/does not know the agent .* add it again, and connect/).waitFor();
    await stranger.leave();
  });

  test("is reported to a program that checks before it opens a browser", async () => {
    const look = async () => {
      const headers = { Accept: "application/json", "X-Forwarded-For": someAddress() };
      const answer = await fetch(agent.authorizeUrl(), { headers, redirect: "manual" });
      return { status: answer.status, body: (await answer.json()) as Record<string, string> };
    };
    expect(await look()).toMatchObject({ status: 200, body: { redirect: true } });
    await forgetClient(agent.clientId);
    expect(await look()).toMatchObject({ status: 400, body: { error: "invalid_client" } });
  });

  test("is shown to a person who was already asked for consent", async () => {
    const asked = await agent.ask(ann);
    await forgetClient(agent.clientId);
    await ann.page.goto(asked.href);
    await ann.page.getByText(/does not know the agent/).waitFor();
  });
});

describe("revoking", () => {
  const revoke = (client: Agent, token: string, more: Record<string, string> = {}) =>
    send("revoke", { client_id: client.clientId, token, ...more });
  const DONE = { status: 200, error: undefined, challenge: null };

  const HINTS: Record<string, string>[] = [
    {},
    { token_type_hint: "access_token" },
    { token_type_hint: "refresh_token" },
  ];

  test.each(HINTS)(
    "a refresh token ends it, and what came before and after, with %j",
    async (hint) => {
      const first = of(await agent.exchange(await agent.allowedBy(ann)), "refresh_token");
      const second = of(await agent.refresh(first), "refresh_token");
      expect(await revoke(agent, first, hint)).toEqual(DONE);
      expect((await agent.refresh(second)).body["error"]).toBe("invalid_grant");
      expect(await revoke(agent, second, hint)).toEqual(DONE); // once more
    },
  );

  test("an unknown token is no error", async () => {
    const [head, body] = ["e30", btoa(JSON.stringify({ sub: "x" }))];
    for (const token of ["unknown", "x".repeat(32), `${head}.${body}.c2ln`, "e30.e30.", "a.b.c"]) {
      for (const hint of [...HINTS, { token_type_hint: "other" }]) {
        expect(await revoke(agent, token, hint), token).toEqual(DONE);
      }
    }
    expect(await send("revoke", { client_id: agent.clientId })).toMatchObject({
      status: 400,
      error: "invalid_request",
    });
  });

  test("another client's token is no error, and leaves it as it was", async () => {
    const { body } = await agent.exchange(await agent.allowedBy(ann));
    const other = await Agent.register();
    const own = of(await other.exchange(await other.allowedBy(ann)), "refresh_token");
    const [access, refresh] = [body["access_token"] ?? "", body["refresh_token"] ?? ""];
    expect(await revoke(other, refresh)).toEqual(DONE);
    expect(await revoke(other, access)).toEqual(DONE);
    const next = await agent.refresh(refresh);
    expect(next.status).toBe(200);
    expect(await revoke(other, refresh)).toEqual(DONE); // which was used before
    expect((await agent.refresh(of(next, "refresh_token"))).status).toBe(200);
    expect((await other.refresh(own)).status).toBe(200);
    other.close();
  });

  test.each(["/mcp", "/conversations/mcp"])("an access token for %s is refused", async (path) => {
    const resource = product.api + path;
    const walk = await agent.allowedBy(ann, { resource });
    const token = of(await agent.exchange(walk), "access_token");
    expect(await revoke(agent, token)).toMatchObject({
      status: 400,
      error: "unsupported_token_type",
    });
  });
});

describe("a code whose person is gone", () => {
  test("is an invalid grant when they have signed out", async () => {
    const walk = await agent.allowedBy(ann);
    const page = await ann.open("/account");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${product.web}/sign-in`);
    expect(await agent.exchange(walk)).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
  });

  test("is an invalid grant when they were deleted, as is a refresh token", async () => {
    const { body } = await agent.exchange(await agent.allowedBy(ann));
    const other = await Agent.register();
    const walk = await other.allowedBy(ann);
    const page = await ann.open("/account");
    await page.getByRole("button", { name: "Erase everything" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Type “erase” to continue").fill("erase");
    await dialog.getByRole("button", { name: "Erase everything" }).click();
    await page.waitForURL(`${product.web}/sign-up`);
    for (const answer of [
      await agent.refresh(body["refresh_token"] ?? ""),
      await other.exchange(walk),
    ]) {
      expect(answer).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    }
    other.close();
  });
});
