import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { Agent } from "./agent";
import { closeBrowser, Visitor } from "./browser";
import { product } from "./product";

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

const WRONG = [
  [{ response_type: "token" }, "unsupported_response_type"],
  [{ code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
  [{ code_challenge_method: "plain" }, "invalid_request"],
  [{ code_challenge_method: undefined }, "invalid_request"],
  [{ resource: "https://other.example/mcp" }, "invalid_target"],
  [{ resource: `${product.api}/api` }, "invalid_target"],
] as const;

test("a wrong request of a client that was let in before is sent back, secret or not", async () => {
  const secretive = { token_endpoint_auth_method: "client_secret_post", require_pkce: false };
  const confidential = await Agent.register(secretive);
  for (const client of [agent, confidential]) await client.allowedBy(ann);
  for (const [changes, error] of WRONG) {
    if ("response_type" in changes) continue; // Better Auth's own error page
    for (const client of [agent, confidential]) {
      const { origin, searchParams } = await client.ask(ann, changes);
      expect(origin, JSON.stringify(changes)).toBe(new URL(client.redirectUri).origin);
      expect(searchParams.get("error"), JSON.stringify(changes)).toBe(error);
      expect(searchParams.get("iss")).toBe(`${product.web}/api/auth`);
    }
  }
  confidential.close();
});

test("no address of this site redirects to a client that nobody has allowed", async () => {
  const stranger = await Visitor.arrive();
  await agent.allowedBy(await Visitor.withAccount()); // another person has allowed it
  for (const [changes, error] of WRONG) {
    for (const who of [ann, stranger]) {
      const asked = await agent.ask(who, { ...changes, scope: "tasks:read" });
      expect(asked.origin + asked.pathname, error).toBe(`${product.web}/sign-in-error`);
    }
  }
  const { page } = ann;
  await page.goto(agent.authorizeUrl({ code_challenge_method: "plain" }));
  const { host } = new URL(agent.redirectUri);
  await page.getByText(`${host} asked to be connected`).waitFor();
  const link = page.getByRole("link", { name: `Go back to ${host}` });
  expect(new URL((await link.getAttribute("href")) ?? "").searchParams.get("error")).toBe(
    "invalid_request",
  );
  const redirected = agent.redirected();
  await link.click();
  expect((await redirected).get("state")).toBe("the state");
  await page.goto("/sign-in-error?error=x&back=https%3A%2F%2Fevil.example%2F&mark=x");
  await page.getByRole("heading", { name: "That did not work" }).waitFor();
  expect(await page.getByRole("link", { name: "Go back" }).count()).toBe(0);
  await stranger.leave();
});

test("a refusal of consent reaches the client, without a redirect by the server", async () => {
  const redirected = agent.redirected();
  await ann.page.goto(agent.authorizeUrl());
  await ann.answerConsent("Do not allow");
  expect((await redirected).get("error")).toBe("access_denied");
});
