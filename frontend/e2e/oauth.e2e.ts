import { afterAll, afterEach, beforeEach, expect, inject, test } from "vitest";

import { Agent, callRest, callTool, claimsOf, register } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";

const SECONDS_TO_BE_REFUSED = 10;

let ann: Visitor;
let agent: Agent;

beforeEach(async () => {
  ann = await Visitor.arrive();
  agent = await Agent.register();
});

afterEach(async () => {
  agent.close();
  await ann.leave();
});

afterAll(closeBrowser);

async function connected(): Promise<{ access: string; refresh: string }> {
  const { body } = await agent.exchange(await agent.connect(ann));
  return { access: body["access_token"] ?? "", refresh: body["refresh_token"] ?? "" };
}

test("an agent that knows the address alone is led to its authorization server", async () => {
  const refused = await fetch(`${inject("api")}/mcp`, { method: "POST" });
  expect(refused.status).toBe(401);
  const challenge = refused.headers.get("WWW-Authenticate") ?? "";
  const resource = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? "";
  const { authorization_servers } = (await (await fetch(resource)).json()) as {
    authorization_servers: string[];
  };
  const issuer = new URL(authorization_servers[0] ?? "");
  const places = ["oauth-authorization-server", "openid-configuration"].flatMap((name) => [
    `${issuer.origin}/.well-known/${name}${issuer.pathname}`,
    `${issuer.origin}/.well-known/${name}`,
    `${issuer.href}/.well-known/${name}`,
  ]);
  for (const place of places) {
    const response = await fetch(place, { headers: { Origin: "http://localhost:6274" } });
    expect(response.headers.get("Access-Control-Allow-Origin"), place).toBe("*");
    expect(await response.json(), place).toMatchObject({
      issuer: issuer.href,
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
    });
  }
});

test("a newcomer signs up on the way, allows it, and the ledger names the agent", async () => {
  const redirected = agent.redirected();
  await ann.page.goto(agent.authorizeUrl());
  await ann.page.getByRole("link", { name: "Make an account" }).click();
  await ann.fillIn(PASSWORD);
  await ann.page.getByRole("button", { name: "Make the account" }).click();
  await ann.page.getByRole("heading", { name: /Claude Code/ }).waitFor();
  expect(await ann.page.getByText(new URL(agent.redirectUri).host).count()).toBe(1);
  await ann.page.getByRole("button", { name: "Allow", exact: true }).click();
  const parameters = await redirected;
  expect(parameters.get("state")).toBe("the state");
  expect(parameters.get("iss")).toBe(`${inject("web")}/api/auth`);
  const walk = { code: parameters.get("code") ?? "", verifier: "v".repeat(43), parameters };
  const { body } = await agent.exchange(walk);
  const token = body["access_token"] ?? "";
  expect(claimsOf(token)).toMatchObject({ client_name: "Claude Code", client_id: agent.clientId });
  expect((await callTool(token, "add_task", { title: "Buy milk" })).status).toBe(200);
  const { events } = (await (await callRest(await ann.token(), "/events")).json()) as {
    events: { actor: string; client_name: string }[];
  };
  expect(events).toMatchObject([{ actor: "agent", client_name: "Claude Code" }]);
});

test("an agent's token is for the MCP server alone, and never a person's own", async () => {
  await ann.signUp();
  const { body } = await agent.exchange(
    await agent.connect(ann, { scope: "tasks:read tasks:write account:manage openid" }),
  );
  const claims = claimsOf(body["access_token"] ?? "");
  expect([claims["aud"]].flat()).toEqual([`${inject("api")}/mcp`]);
  expect(String(claims["scope"]).split(" ").sort()).toEqual([
    "offline_access",
    "tasks:read",
    "tasks:write",
  ]);
  expect((await callRest(body["access_token"] ?? "", "/tasks")).status).toBe(401);
});

test("the page's own token is refused at the MCP server", async () => {
  await ann.signUp();
  const token = await ann.token();
  expect((await callRest(token, "")).status).toBe(200);
  expect((await callTool(token, "list_tasks")).status).toBe(401);
});

test.each(["opaque", "e30.e30.", ""])("a token that is none is refused: %j", async (token) => {
  expect((await callTool(token, "list_tasks")).status).toBe(401);
});

test("what a person leaves out of the consent, the agent does not get", async () => {
  await ann.signUp();
  const redirected = agent.redirected();
  await ann.page.goto(agent.authorizeUrl());
  await ann.page.getByLabel(/Add, change/).uncheck();
  await ann.page.getByRole("button", { name: "Allow", exact: true }).click();
  const parameters = await redirected;
  const walk = { code: parameters.get("code") ?? "", verifier: "v".repeat(43), parameters };
  const token = (await agent.exchange(walk)).body["access_token"] ?? "";
  expect((await callTool(token, "list_tasks")).status).toBe(200);
  expect((await callTool(token, "add_task", { title: "No" })).status).toBe(403);
});

test("a person who does not allow it gives nothing", async () => {
  await ann.signUp();
  const redirected = agent.redirected();
  await ann.page.goto(agent.authorizeUrl());
  await ann.page.getByRole("button", { name: "Do not allow" }).click();
  const parameters = await redirected;
  expect(parameters.get("error")).toBe("access_denied");
  expect(parameters.has("code")).toBe(false);
});

test("a person is asked each time", async () => {
  await ann.signUp();
  await connected();
  await ann.page.goto(agent.authorizeUrl({ prompt: "none" }));
  await ann.page.getByRole("button", { name: "Allow", exact: true }).waitFor();
});

test("a refresh that is sent twice gets one answer, and each gives a new token", async () => {
  await ann.signUp();
  const { refresh } = await connected();
  const [one, again] = [await agent.refresh(refresh), await agent.refresh(refresh)];
  expect([one.status, again.status]).toEqual([200, 200]);
  expect(again.body["refresh_token"]).toBe(one.body["refresh_token"]);
  expect(one.body["refresh_token"]).not.toBe(refresh);
  expect((await callTool(one.body["access_token"] ?? "", "list_tasks")).status).toBe(200);
});

test("a code works once, with its own verifier and redirect", async () => {
  await ann.signUp();
  const walk = await agent.connect(ann);
  expect((await agent.exchange(walk)).status).toBe(200);
  expect((await agent.exchange(walk)).body["error"]).toBe("invalid_grant");
  const second = await agent.connect(ann);
  expect((await agent.exchange({ ...second, verifier: "w".repeat(43) })).status).not.toBe(200);
  const third = await agent.connect(ann);
  const elsewhere = { redirect_uri: "http://localhost:1/callback" };
  expect((await agent.exchange(third, elsewhere)).status).not.toBe(200);
});

test.each([
  [{ code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
  [{ code_challenge_method: "plain" }, "invalid_request"],
  [{ resource: "https://other.example/mcp" }, "invalid_target"],
])("a request without PKCE or for another resource is sent back: %j", async (changes, error) => {
  await ann.signUp();
  const redirected = agent.redirected();
  await ann.page.goto(agent.authorizeUrl(changes));
  expect((await redirected).get("error")).toBe(error);
});

test.each([
  "https://evil.example/callback",
  "http://localhost.evil.example/callback",
  "http://localhost@evil.example/callback",
  "http://localhost:1/callback/../other",
  "http://localhost:1/callback?x=1",
  "http://localhost:1/callback#x",
])("nobody is redirected to %s", async (redirect_uri) => {
  await ann.signUp();
  await ann.page.goto(agent.authorizeUrl({ redirect_uri }));
  expect(new URL(ann.page.url()).origin).toBe(inject("web"));
  expect(new URL(ann.page.url()).pathname).toBe("/sign-in-error");
});

test("Cursor's redirect can be registered, and no other of its kind", async () => {
  const of = (uri: string) =>
    register({ redirect_uris: [uri, "http://127.0.0.1:8/cb"], token_endpoint_auth_method: "none" });
  const cursor = await of("cursor://anysphere.cursor-mcp/oauth/callback");
  expect(cursor.status).toBe(201);
  expect(cursor.body["redirect_uris"]).toEqual([
    "http://127.0.0.1:8/cb",
    "cursor://anysphere.cursor-mcp/oauth/callback",
  ]);
  for (const uri of [
    "cursor://anysphere.cursor-mcp/oauth/callback/x",
    "cursor://evil/oauth/callback",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://evil.example/callback",
  ]) {
    expect((await of(uri)).status, uri).toBe(400);
  }
});

test("a disconnected agent is refused at once for good, until it is allowed anew", async () => {
  await ann.signUp();
  const { access, refresh } = await connected();
  expect((await callTool(access, "list_tasks")).status).toBe(200);
  const person = await ann.token();
  await callRest(person, `/agents/${agent.clientId}`, { method: "DELETE" });
  const disconnected = await ann.page.request.post("/api/auth/connections/disconnect", {
    data: { client_id: agent.clientId },
    headers: { Origin: inject("web") },
  });
  expect(disconnected.status()).toBe(200);
  expect((await agent.refresh(refresh)).status).toBe(400);
  const refused = async () => (await callTool(access, "list_tasks")).status;
  await expect.poll(refused, { timeout: SECONDS_TO_BE_REFUSED * 1000 }).toBe(401);
  const anew = await connected();
  expect((await callTool(anew.access, "list_tasks")).status).toBe(200);
});
