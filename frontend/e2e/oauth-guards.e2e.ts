import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { someAddress } from "./addresses";
import { Agent, callRest, callTool, claimsOf, consent, register } from "./agent";
import { closeBrowser, Visitor } from "./browser";
import { product } from "./product";

const VERIFIER = "w".repeat(43);
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

async function accessToken(scope?: string): Promise<string> {
  const { body } = await agent.exchange(await agent.allowedBy(ann, { scope }));
  return body["access_token"] ?? "";
}

test("an agent's token is only for the MCP server, and never a person's own", async () => {
  const token = await accessToken("tasks:read tasks:write account:manage openid");
  const claims = claimsOf(token);
  expect([claims["aud"]].flat()).toEqual([`${product.api}/mcp`]);
  expect(String(claims["scope"]).split(" ").sort()).toEqual([
    "offline_access",
    "tasks:read",
    "tasks:write",
  ]);
  for (const path of ["/tasks", "/agents", "/export", ""]) {
    expect((await callRest(token, path)).status, path).toBe(401);
  }
  const key = { method: "POST", body: JSON.stringify({ name: "more", scopes: ["tasks:read"] }) };
  expect((await callRest(token, "/keys", key)).status).toBe(401);
});

test("neither the page's token nor an invalid one opens the MCP server", async () => {
  const page = await ann.token();
  expect((await callRest(page, "")).status).toBe(200);
  for (const token of [page, "opaque", "e30.e30.", ""]) {
    expect((await callTool(token, "list_tasks")).status, token).toBe(401);
  }
});

test("nobody reaches the list of another person by its path", async () => {
  const bob = await Visitor.withAccount();
  const path = `${product.api}/api/${await bob.id()}/tasks`;
  const headers = { Authorization: `Bearer ${await ann.token()}` };
  expect((await fetch(path, { headers })).status).toBe(403);
  const page = path.replace(product.api, product.web);
  expect((await fetch(page, { headers })).status).toBe(403);
  expect((await ann.page.request.get(page)).status()).toBe(401); // a cookie is not a token
  await bob.leave();
});

test("consent for one MCP endpoint does not open the other", async () => {
  const path = "/conversations/mcp";
  const resource = product.api + path;
  const said = await agent.exchange(await agent.allowedBy(ann, { resource }));
  const token = said.body["access_token"] ?? "";
  const { aud, scope } = claimsOf(token);
  expect([aud].flat()).toEqual([resource]);
  expect(scope).toContain("conversations:write");
  expect((await callTool(token, "list_user_conversations", {}, path)).status).toBe(200);
  expect((await callTool(token, "list_tasks")).status).toBe(401);
  const again = await agent.refresh(said.body["refresh_token"] ?? "");
  expect([claimsOf(again.body["access_token"] ?? "")["aud"]].flat()).toEqual([resource]);

  const other = await Agent.register();
  const wrong = await other.exchange(await other.allowedBy(ann), { resource });
  expect(wrong.body["access_token"]).toBeUndefined();
  const { body } = await other.exchange(await other.allowedBy(ann));
  const tasks = body["access_token"] ?? "";
  expect((await callTool(tasks, "list_tasks")).status).toBe(200);
  expect((await callTool(tasks, "list_user_conversations", {}, path)).status).toBe(401);
  const refreshed = await other.refresh(body["refresh_token"] ?? "", { resource });
  expect(refreshed.body["access_token"]).toBeUndefined();
  other.close();
});

test("a client cannot ask for more than the person allowed, neither now nor later", async () => {
  const asked = await agent.ask(ann, { scope: "tasks:read" });
  const oauth_query = asked.search.slice(1);
  const more = await consent(ann, { accept: true, scope: "tasks:read tasks:write", oauth_query });
  expect(more.body["url"]).toBeUndefined();
  const { body } = await agent.exchange(await agent.allowedBy(ann, { scope: "tasks:read" }));
  const refresh = body["refresh_token"] ?? "";
  expect((await agent.refresh(refresh, { scope: "tasks:write" })).body["error"]).toBe(
    "invalid_scope",
  );
});

test("a code that is used twice revokes its tokens", async () => {
  const walk = await agent.allowedBy(ann);
  const { body } = await agent.exchange(walk);
  expect((await agent.exchange(walk)).body["error"]).toBe("invalid_grant");
  expect((await agent.refresh(body["refresh_token"] ?? "")).status).toBe(400);
});

test("a code works only for its client, with its verifier and redirect", async () => {
  const thief = await Agent.register();
  const wrong: Record<string, string>[] = [
    { code_verifier: VERIFIER },
    { code_verifier: "" },
    { redirect_uri: "http://localhost:1/elsewhere" },
    { client_id: thief.clientId },
    { resource: "https://other.example/mcp" },
  ];
  for (const changes of wrong) {
    const answer = await agent.exchange(await agent.allowedBy(ann), changes);
    expect(answer.status, JSON.stringify(changes)).not.toBe(200);
    expect(answer.body["access_token"]).toBeUndefined();
  }
  thief.close();
});

test("nobody is redirected to an unregistered address", async () => {
  const registered = new URL(agent.redirectUri);
  const stranger = await Visitor.arrive();
  for (const redirect_uri of [
    "https://evil.example/callback",
    "http://localhost.evil.example/callback",
    "http://localhost@evil.example/callback",
    `http://127.0.0.1:${registered.port}/callback`,
    `https://localhost:${registered.port}/callback`,
    "http://localhost:1/callback/../other",
    "http://localhost:1/callback/",
    "http://localhost:1/callback?x=1",
    "http://localhost:1/callback#x",
    "javascript:alert(1)",
    CURSOR,
    "",
  ]) {
    for (const who of [ann, stranger]) {
      const { origin, pathname } = await agent.ask(who, { redirect_uri });
      expect(origin + pathname, redirect_uri).toBe(`${product.web}/sign-in-error`);
    }
  }
  await stranger.leave();
});

test("no redirect that is not the client's own can be registered", async () => {
  const of = (uri: string) =>
    register({ redirect_uris: [uri, "http://127.0.0.1:8/cb"], token_endpoint_auth_method: "none" });
  expect((await of(CURSOR)).body["redirect_uris"]).toEqual(["http://127.0.0.1:8/cb", CURSOR]);
  for (const uri of [
    `${CURSOR}/x`,
    `${CURSOR}?x=1`,
    "cursor://evil/oauth/callback",
    "CURSOR://anysphere.cursor-mcp/oauth/callback",
    "vscode://evil/callback",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://evil.example/callback",
    "http://localhost@evil.example/callback",
    "http://localhost.evil.example/callback",
    "https://evil.example/callback#x",
  ]) {
    expect((await of(uri)).status, uri).toBe(400);
  }
});

test("asking for the place to register, rather than registering, is no fault of the server", async () => {
  for (const method of ["GET", "DELETE"]) {
    const url = `${product.web}/api/auth/oauth2/register`;
    const { status } = await fetch(url, { method, headers: { "X-Forwarded-For": someAddress() } });
    expect([404, 405], method).toContain(status);
  }
});

test("a client cannot have this server call an address that it names", async () => {
  const named = "https://internal.example/";
  const { body } = await register({
    redirect_uris: ["http://127.0.0.1:8/cb"],
    jwks_uri: named,
    backchannel_logout_uri: named,
    post_logout_redirect_uris: [named],
    skip_consent: true,
  });
  expect(body["client_id"]).toBeTruthy();
  expect(JSON.stringify(body)).not.toContain(named);
  const byKey = { token_endpoint_auth_method: "private_key_jwt", jwks_uri: named };
  const refused = await register({ redirect_uris: ["https://client.example/cb"], ...byKey });
  expect(refused.status).toBe(400);
});

test("a name is shown as words, whatever it is made of", async () => {
  const client_name = "<img src=x onerror=\"document.title='owned'\"></script>\u202e";
  const named = await Agent.register({ client_name });
  await ann.page.goto(named.authorizeUrl());
  const heading = ann.page.getByRole("heading", { level: 1 });
  expect(await heading.innerText()).toContain(`Let ${new URL(named.redirectUri).host} work`);
  await ann.page.getByText(/^\s*It calls itself “img srcx [^<>"=\u202e]*”\.\s*$/).waitFor();
  expect(await ann.page.title()).not.toBe("owned");
  named.close();
});

test("another site can consent neither for the person nor with a request of its own making", async () => {
  const asked = await agent.ask(ann);
  const oauth_query = asked.search.slice(1);
  const elsewhere: Record<string, string>[] = [
    { Origin: "https://evil.example" },
    { Origin: "null" },
    {},
  ];
  for (const headers of elsewhere) {
    const { status } = await consent(ann, { accept: true, oauth_query }, headers);
    expect(status, JSON.stringify(headers)).toBe(403);
  }
  const thief = await Agent.register();
  for (const changed of [
    oauth_query.replace(agent.clientId, thief.clientId),
    oauth_query.replace(/code_challenge=[^&]+/, `code_challenge=${VERIFIER}`),
    oauth_query.replace("tasks%3Aread+", "tasks%3Aread+conversations%3Awrite+"),
    oauth_query.replace(/&sig=[^&]+/, ""),
  ]) {
    expect(changed).not.toBe(oauth_query);
    const answer = await consent(ann, { accept: true, oauth_query: changed });
    expect(answer.body["url"]).toBeUndefined();
  }
  const good = await consent(ann, { accept: true, oauth_query });
  expect(good.body["url"]).toContain("code=");
  thief.close();
});
