import { randomBytes } from "node:crypto";

import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { madeFor } from "@/auth/person-header";
import { PROOF_HEADER } from "@/auth/proof-header";

import { someAddress } from "./addresses";
import { Agent } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { LocalServer } from "./local-server";
import { product } from "./product";

const NOT_STARTED_HERE = "Your session was not started on this page. Sign in to continue.";
const SESSION = "surelist.session_token=";
const hostname = () => new URL(product.web).hostname;

let ann: Visitor;
const servers: LocalServer[] = [];

beforeEach(async () => {
  ann = await Visitor.arrive();
});

afterEach(async () => {
  await ann.leave();
  for (const server of servers.splice(0)) server.close();
});

afterAll(closeBrowser);

async function localServer(host: string): Promise<LocalServer> {
  const server = await LocalServer.at(host);
  servers.push(server);
  return server;
}

/** The headers of a program that has the cookie and the person's id, outside of a browser. */
async function sent(cookie: string, method: string, path: string, more: object = {}) {
  const { body, headers } = more as { body?: object; headers?: Record<string, string> };
  const response = await fetch(`${product.web}/api/auth${path}`, {
    method,
    redirect: "manual",
    headers: {
      Cookie: cookie,
      Origin: product.web,
      "X-Forwarded-For": someAddress(),
      "Content-Type": "application/json",
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response;
}

test("no server of the same host gets anything for the cookie that browsers send to it", async () => {
  await ann.signUp();
  const id = await ann.id();
  const [redirected, sameHost, byName, byAddress] = await Promise.all([
    localServer("localhost"),
    localServer(hostname()),
    localServer("localhost"),
    localServer("127.0.0.1"),
  ]);
  const agent = await Agent.register({ redirect_uris: [redirected.url] });
  agent.redirectUri = redirected.url;
  await ann.page.goto(agent.authorizeUrl());
  await ann.answerConsent("Allow");
  for (const { url } of [sameHost, byName, byAddress]) await ann.page.goto(url);

  // Listeners on the page's host get the cookie. Otherwise, the tests below would prove nothing.
  const got = [redirected, sameHost, byName, byAddress].flatMap(({ cookies }) =>
    cookies.filter((cookie) => cookie.includes(SESSION)),
  );
  expect(got.length).toBeGreaterThanOrEqual(3);
  const thief = await Agent.register();
  const asked = await sent(got[0] ?? "", "GET", thief.authorizeUrl().split("/api/auth")[1] ?? "");
  const { url } = (await asked.json()) as { url: string };
  const oauth_query = new URL(url, product.web).search.slice(1);
  expect(oauth_query).toContain("sig=");
  const tries: [string, string, object?][] = [
    ["GET", "/token"],
    ["POST", "/oauth2/consent", { accept: true, oauth_query }],
    ["POST", "/connections/disconnect", { client_id: agent.clientId }],
    ["POST", "/delete-user", {}],
    ["POST", "/confirm-password", { password: PASSWORD }],
    ["POST", "/change-password", { currentPassword: PASSWORD, newPassword: `${PASSWORD}!` }],
    ["GET", "/sessions"],
    ["POST", "/sessions/end", {}],
    ["POST", "/change-email", { newEmail: "thief@example.com" }],
    ["POST", "/update-user", { name: "Thief" }],
    ["POST", "/update-session", { proof: "mine" }],
    ["POST", "/link-social", { provider: "github" }],
    ["POST", "/revoke-sessions", {}],
    ["GET", "/list-sessions"],
    ["GET", "/oauth2/get-consents"],
  ];
  const proofs = ["", randomBytes(32).toString("base64url"), "null", "undefined"];
  for (const cookie of got) {
    for (const [method, path, body] of tries) {
      for (const proof of proofs) {
        const headers = { ...madeFor(id), ...(proof ? { [PROOF_HEADER]: proof } : {}) };
        const { status } = await sent(cookie, method, path, { body, headers });
        expect([403, 404], `${path} ${proof}: ${String(status)}`).toContain(status);
      }
    }
  }
  expect(await ann.call("GET", "/agents")).toMatchObject({
    agents: [{ client_id: agent.clientId }],
  });
  for (const one of [agent, thief]) one.close();
});

test("a session that another server of the host has set is not taken for the person's", async () => {
  const mallory = await Visitor.withAccount();
  await mallory.add("Mallory's own");
  const planted = (await mallory.context.cookies()).find(({ name }) => SESSION.startsWith(name));
  await ann.signUp();
  const server = await localServer(hostname());
  server.sets = [`${SESSION}${planted?.value ?? ""}; Path=/; HttpOnly`];
  await ann.page.goto(server.url);

  await ann.page.goto("/connect?from=here");
  await ann.page.getByText(NOT_STARTED_HERE).waitFor();
  const agent = await Agent.register();
  await ann.page.goto(agent.authorizeUrl());
  await ann.page.getByText(NOT_STARTED_HERE).waitFor();
  const asked = await agent.ask(ann);
  const headers = { ...(await ann.shown()), ...madeFor(await mallory.id()) };
  const consented = await ann.page.request.post("/api/auth/oauth2/consent", {
    data: { accept: true, oauth_query: asked.search.slice(1) },
    headers,
  });
  expect(consented.status()).toBe(403);

  // After the sign-in, the person is back on the same page, with their own list.
  await ann.page.goto("/");
  await ann.page.getByText(NOT_STARTED_HERE).waitFor();
  await ann.fillIn(PASSWORD);
  await ann.page.getByRole("button", { name: "Sign in" }).click();
  await ann.page.getByRole("heading", { name: "One list, for you and your agents" }).waitFor();
  expect(await mallory.call("GET", "/tasks")).toMatchObject({
    tasks: [{ title: "Mallory's own" }],
  });
  expect(await mallory.call("GET", "/agents")).toEqual({ agents: [] });
  agent.close();
  await mallory.leave();
});

test("a session continues in another tab, after a reload and after a failed sign-in", async () => {
  await ann.signUp();
  await ann.page.reload();
  const other = await ann.context.newPage();
  await other.goto("/connect");
  await other.getByText("None yet.").waitFor();
  await other.goto("/sign-in");
  for (let count = 0; count < 3; count += 1) {
    await other.getByLabel("E-mail").fill(ann.email);
    await other.getByLabel("Password").fill("not the password at all");
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByText("The address or the password is wrong.").waitFor();
    await other.reload();
  }
  await ann.page.goto("/connect");
  await ann.page.getByText("None yet.").waitFor();
});

test("a way to GitHub that is left half-way ends no session", async () => {
  await ann.signUp();
  const page = await ann.context.newPage(); // a page without the checks of Visitor
  await page.route("https://github.com/**", (route) => route.fulfill({ body: "GitHub" }));
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await page.waitForURL("https://github.com/**");
  await ann.page.goto("/connect");
  await ann.page.getByText("None yet.").waitFor();
});

test("a page notices that its person was replaced or signed out in another tab", async () => {
  await ann.signUp();
  const bob = await Visitor.withAccount();
  const other = await ann.context.newPage();
  await other.goto("/sign-in");
  await other.getByLabel("E-mail").fill(bob.email);
  await other.getByLabel("Password").fill(PASSWORD);
  await other.getByRole("button", { name: "Sign in" }).click();
  await other.getByRole("heading", { name: "One list, for you and your agents" }).waitFor();
  await ann.page.goto("/account");
  await ann.page.getByText(bob.email).waitFor(); // Bob is now signed in in this browser
  await other.goto("/account");
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.waitForURL(`${product.web}/sign-in`);
  await ann.page.goto("/connect");
  await ann.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await bob.leave();
});

test("a browser that lost its proof must sign in, and returns to the page", async () => {
  await ann.signUp();
  await ann.page.goto("/sign-in"); // a page that makes no requests by itself
  await ann.page.evaluate(() => localStorage.clear());
  await ann.page.goto("/connect?from=here");
  await ann.page.getByText(NOT_STARTED_HERE).waitFor();
  await ann.fillIn(PASSWORD);
  await ann.page.getByRole("button", { name: "Sign in" }).click();
  await ann.page.waitForURL(`${product.web}/connect?from=here`);
  await ann.page.getByText("None yet.").waitFor();
});

test("a browser without storage shows an error and sends no password", async () => {
  await ann.context.addInitScript(() => {
    const refuse = () => {
      throw new DOMException("denied", "SecurityError");
    };
    Object.defineProperty(window, "localStorage", { get: refuse });
  });
  for (const [path, button] of [
    ["/sign-up", "Make the account"],
    ["/sign-in", "Sign in"],
  ] as const) {
    await ann.page.goto(path);
    await ann.fillIn(PASSWORD);
    await ann.page.getByRole("button", { name: button }).click();
    await ann.page.getByText("Signing in needs site data, which this browser blocks.").waitFor();
  }
});
