import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { madeFor } from "@/auth/person-header";

import { Agent } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { product } from "./product";

let ann: Visitor;
let annsId: string;

beforeEach(async () => {
  ann = await Visitor.withAccount();
  annsId = await ann.id();
  await ann.call("POST", "/tasks", { title: "Ann's" });
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

async function canSignIn(email: string): Promise<boolean> {
  const answer = await ann.page.request.post("/api/auth/sign-in/email", {
    data: { email, password: PASSWORD },
    headers: { Origin: product.web },
  });
  return answer.ok();
}

test("erasing on a page of one person erases nobody once another has signed in", async () => {
  const page = await ann.open("/account");
  await page.getByText("1 open").waitFor();
  const bob = await ann.makeWay();
  await page.getByRole("button", { name: "Erase everything" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Type “erase” to continue").fill("erase");
  await dialog.getByRole("button", { name: "Erase everything" }).click();
  await page.getByText(bob).waitFor(); // the page belongs to Bob now
  expect(await ann.call("GET", "/tasks")).toMatchObject({ tasks: [{ title: "Ann's" }] });
  expect(await canSignIn(bob)).toBe(true);
  expect(await canSignIn(ann.email)).toBe(true);
});

test("consent on one person's page gives no access to another's list; that person is asked", async () => {
  const agent = await Agent.register();
  const redirected = agent.redirected();
  const { page } = ann;
  await page.goto(agent.authorizeUrl());
  await page.getByText(`signed in as ${ann.email}`).waitFor();
  const bob = await ann.makeWay();
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await page.getByText(`signed in as ${bob}`).waitFor();
  expect(await ann.call("GET", "/agents")).toEqual({ agents: [] });
  const answer = await page.request.get(`${product.api}/api/me/agents`, {
    headers: { Authorization: `Bearer ${await ann.token()}` },
  });
  expect(await answer.json()).toEqual({ agents: [] }); // Bob's token by then
  await ann.answerConsent("Do not allow");
  expect((await redirected).get("error")).toBe("access_denied");
  agent.close();
});

test("consent, disconnecting and deleting are refused for a page of another person", async () => {
  const asked = [
    ["/oauth2/consent", { accept: true, oauth_query: "client_id=x" }],
    ["/connections/disconnect", { client_id: "x" }],
    ["/update-user", { name: "Mallory" }],
    ["/change-password", { currentPassword: PASSWORD, newPassword: `${PASSWORD}!` }],
    ["/sessions/end", {}],
    ["/confirm-password", { password: PASSWORD }],
    ["/delete-user", {}],
  ] as const;
  const bob = await ann.makeWay();
  for (const [path, data] of asked) {
    for (const named of [madeFor(annsId), {}]) {
      const headers = { ...(await ann.shown()), ...named };
      const answer = await ann.page.request.post(`/api/auth${path}`, { data, headers });
      expect([path, answer.status()]).toEqual([path, 409]);
    }
  }
  expect(await canSignIn(bob)).toBe(true);
});

test("the account page shows the signed-in person and their user id", async () => {
  const page = await ann.open("/account");
  await page.getByText(ann.email).waitFor();
  expect(await page.getByText(annsId).count()).toBe(1);
});
