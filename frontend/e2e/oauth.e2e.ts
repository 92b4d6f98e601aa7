import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { madeFor } from "@/auth/person-header";

import { Agent, callTool, claimsOf, register } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { product } from "./product";

const SECONDS_TO_BE_REFUSED = 10;
const CURSOR = "cursor://anysphere.cursor-mcp/oauth/callback";

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

async function connected(): Promise<{ access: string; refresh: string }> {
  const { body } = await agent.exchange(await agent.connect(ann));
  return { access: body["access_token"] ?? "", refresh: body["refresh_token"] ?? "" };
}

test("an agent with only the address finds the authorization server", async () => {
  const refused = await fetch(`${product.api}/mcp`, { method: "POST" });
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
      token_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post"],
    });
  }
});

test("a newcomer signs up on the way, allows it, and the ledger names the agent", async () => {
  const newcomer = await Visitor.arrive();
  const redirected = agent.redirected();
  await newcomer.page.goto(agent.authorizeUrl());
  await newcomer.page.getByRole("link", { name: "Make an account" }).click();
  await newcomer.page.getByRole("heading", { name: "Make an account" }).waitFor();
  await newcomer.fillIn(PASSWORD);
  await newcomer.page.getByRole("button", { name: "Make the account" }).click();
  const { host } = new URL(agent.redirectUri);
  const asked = newcomer.page.getByRole("heading", { name: `Let ${host} work on your task list?` });
  await asked.waitFor();
  await newcomer.page.getByText("It calls itself “Claude Code”.").waitFor();
  await newcomer.answerConsent("Allow");
  const parameters = await redirected;
  expect(parameters.get("state")).toBe("the state");
  expect(parameters.get("iss")).toBe(`${product.web}/api/auth`);
  const walk = { code: parameters.get("code") ?? "", verifier: "v".repeat(43), parameters };
  const { body } = await agent.exchange(walk);
  const token = body["access_token"] ?? "";
  expect(claimsOf(token)).toMatchObject({ client_name: "Claude Code", client_id: agent.clientId });
  expect((await callTool(token, "add_task", { title: "Buy milk" })).status).toBe(200);
  expect(await newcomer.call("GET", "/events")).toMatchObject({
    events: [
      { subject: "task", actor: "agent", client_name: "Claude Code" },
      { subject: "agent", kind: "created", actor: "person", subject_key: agent.clientId },
    ],
  });
  await newcomer.leave();
});

test("an agent that opens a window for signing in has that window still when it is answered", async () => {
  const stranger = await Visitor.arrive();
  const { page } = stranger;
  const bob = await Visitor.withAccount();
  await page.goto(agent.redirectUri); // the agent's own page
  const opening = page.waitForEvent("popup");
  await page.evaluate((url) => void window.open(url), agent.authorizeUrl());
  const popup = await opening;
  await popup.getByLabel("E-mail").fill(bob.email);
  await popup.getByLabel("Password").fill(PASSWORD);
  await popup.getByRole("button", { name: "Sign in" }).click();
  await popup.getByRole("button", { name: "Allow", exact: true }).click();
  await popup.waitForURL((url) => url.searchParams.has("code"));
  expect(await popup.evaluate(() => window.opener !== null)).toBe(true);
  await bob.leave();
  await stranger.leave();
});

test("the agent does not get scopes that the person removed", async () => {
  const redirected = agent.redirected();
  await ann.page.goto(agent.authorizeUrl());
  await ann.page.getByLabel(/Add, change/).uncheck();
  await ann.answerConsent("Allow");
  const parameters = await redirected;
  const walk = { code: parameters.get("code") ?? "", verifier: "v".repeat(43), parameters };
  const token = (await agent.exchange(walk)).body["access_token"] ?? "";
  expect((await callTool(token, "list_tasks")).status).toBe(200);
  expect((await callTool(token, "add_task", { title: "No" })).status).toBe(403);
});

test("a refused consent gives no access", async () => {
  const redirected = agent.redirected();
  await ann.page.goto(agent.authorizeUrl());
  await ann.answerConsent("Do not allow");
  const parameters = await redirected;
  expect(parameters.get("error")).toBe("access_denied");
  expect(parameters.has("code")).toBe(false);
});

test("a consent request older than five minutes starts again, and gives no access", async () => {
  const { page } = ann;
  const old = (address: string) => address.replace(/([?&]exp=)\d+/, "$11000000000");
  await page.goto(agent.authorizeUrl());
  await page.getByRole("button", { name: "Allow", exact: true }).waitFor();
  const first = page.url();
  await page.route(
    "**/consent",
    (route) => {
      const sent = new URLSearchParams(route.request().postData() ?? "");
      sent.set("oauth_query", old(`?${sent.get("oauth_query") ?? ""}`).slice(1));
      return route.continue({ postData: sent.toString() });
    },
    { times: 1 },
  );
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await page.waitForURL((url) => url.pathname === "/consent" && url.href !== first);
  expect(await ann.call("GET", "/agents")).toEqual({ agents: [] });
  await page.goto(old(first));
  await page.waitForURL((url) => url.pathname === "/consent" && url.href !== old(first));
  const redirected = agent.redirected();
  await ann.answerConsent("Allow");
  const parameters = await redirected;
  expect(parameters.get("state")).toBe("the state");
  const walk = { code: parameters.get("code") ?? "", verifier: "v".repeat(43), parameters };
  const { body } = await agent.exchange(walk);
  expect((await callTool(body["access_token"] ?? "", "list_tasks")).status).toBe(200);
});

test("a person is asked each time", async () => {
  await connected();
  await ann.page.goto(agent.authorizeUrl({ prompt: "none" }));
  await ann.page.getByRole("button", { name: "Allow", exact: true }).waitFor();
});

test("a refresh that is sent twice gets one answer, and each gives a new token", async () => {
  const { refresh } = await connected();
  const [one, again] = [await agent.refresh(refresh), await agent.refresh(refresh)];
  expect([one.status, again.status]).toEqual([200, 200]);
  expect(again.body["refresh_token"]).toBe(one.body["refresh_token"]);
  expect(one.body["refresh_token"]).not.toBe(refresh);
  expect((await callTool(one.body["access_token"] ?? "", "list_tasks")).status).toBe(200);
});

test("VS Code's registration succeeds without an application type", async () => {
  const redirect_uris = [
    "https://insiders.vscode.dev/redirect",
    "https://vscode.dev/redirect",
    "http://127.0.0.1/",
    "http://127.0.0.1:33418/",
  ];
  const { status, body } = await register({
    client_name: "Visual Studio Code",
    redirect_uris,
    grant_types: [
      "authorization_code",
      "refresh_token",
      "urn:ietf:params:oauth:grant-type:device_code",
    ],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    redirect_uris,
    application_type: "native",
    grant_types: ["authorization_code", "refresh_token"],
  });
});

test("Cursor is connected by its own scheme", async () => {
  const cursor = await Agent.register({ client_name: "Cursor", redirect_uris: [CURSOR] });
  cursor.redirectUri = CURSOR;
  const walk = await cursor.allowedBy(ann);
  const { body } = await cursor.exchange(walk);
  expect((await callTool(body["access_token"] ?? "", "list_tasks")).status).toBe(200);
  cursor.close();
});

test("a disconnected agent is refused at once, until it is allowed again", async () => {
  const { access, refresh } = await connected();
  expect((await callTool(access, "list_tasks")).status).toBe(200);
  const disconnected = await ann.page.request.post("/api/auth/connections/disconnect", {
    data: { client_id: agent.clientId },
    headers: { ...(await ann.shown()), ...madeFor(await ann.id()) },
  });
  expect(disconnected.status()).toBe(200);
  expect((await agent.refresh(refresh)).status).toBe(400);
  const refused = async () => (await callTool(access, "list_tasks")).status;
  await expect.poll(refused, { timeout: SECONDS_TO_BE_REFUSED * 1000 }).toBe(401);
  const anew = await connected();
  expect((await callTool(anew.access, "list_tasks")).status).toBe(200);
});
