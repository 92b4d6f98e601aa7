import { execFileSync } from "node:child_process";

import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { Agent, callRest, callTool } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { product } from "./product";
import { SURELIST, withoutSettings } from "./stack";

const WITHIN_SECONDS = { timeout: 10_000, interval: 200 }; // specs/tokens.md
const NEW_PASSWORD = "another sentence, and a longer one";

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

type Held = { person: string; access: string; refresh: string; key: string };

/** One credential of each kind, of the person's agents or of a thief. */
async function everything(): Promise<Held> {
  const { body } = await agent.exchange(await agent.allowedBy(ann));
  const asked = { name: "Script", scopes: ["tasks:read"], days: 400 };
  const { token } = (await ann.call("POST", "/keys", asked)) as { token: string };
  const [access, refresh] = [body["access_token"] ?? "", body["refresh_token"] ?? ""];
  return { person: await ann.token(), access, refresh, key: token };
}

/** The status of one use of each credential. */
async function answersTo({ person, access, key }: Held): Promise<Record<string, number>> {
  const more = { name: "More", scopes: ["tasks:read"], days: 400 };
  const making = { method: "POST", body: JSON.stringify(more) };
  return {
    person: (await callRest(person, "")).status,
    makingKeys: (await callRest(person, "/keys", making)).status,
    access: (await callTool(access, "list_tasks")).status,
    key: (await callRest(key, "/tasks")).status,
  };
}

const ENDED = { person: 401, makingKeys: 401 };
const ALL_ENDED = { ...ENDED, access: 401, key: 401 };

function resetLink(): string {
  const words = ["reset-password", ann.email, "--data", product.data];
  const env = withoutSettings({ SURELIST_WEB_URL: product.web });
  return execFileSync(SURELIST, words, { encoding: "utf8", env }).trim();
}

async function choosePassword(): Promise<void> {
  await ann.page.getByLabel("New password").fill(NEW_PASSWORD);
  await ann.page.getByRole("button", { name: "Change the password" }).click();
  await ann.page.getByRole("heading", { name: "The password is changed" }).waitFor();
}

test("signing out ends the tokens that the page got, and leaves agents and keys", async () => {
  const held = await everything();
  const page = await ann.open("/account");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${product.web}/sign-in`);
  expect(await page.evaluate(() => localStorage.getItem("surelist.proof") ?? "")).toBe("");
  await expect
    .poll(() => answersTo(held), WITHIN_SECONDS)
    .toEqual({ ...ENDED, access: 200, key: 200 });
  expect((await agent.refresh(held.refresh)).status).toBe(200);
});

async function eraseEverything(): Promise<void> {
  await ann.page.getByRole("button", { name: "Erase everything" }).click();
  const dialog = ann.page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("erase");
  await dialog.getByRole("button", { name: "Erase everything" }).click();
}

test.for([
  ["signs out", "/sign-out", "/sign-in"],
  ["erases everything", "/delete-user", "/sign-up"],
])("a person who %s is not told that their session has ended", async ([does, call, path]) => {
  const { page } = ann;
  const ended = Promise.withResolvers<undefined>();
  await page.route("**/api/auth/sessions", async (route) => {
    await ended.promise;
    await route.continue();
  });
  await page.route(`**/api/auth${call ?? ""}`, async (route) => {
    const response = await route.fetch();
    ended.resolve(undefined);
    const refused = (await page.waitForResponse("**/api/auth/sessions")).status();
    expect(refused).toBe(401);
    await page.waitForTimeout(500);
    await route.fulfill({ response });
  });
  await ann.open("/account");
  if (does === "signs out") await page.getByRole("button", { name: "Sign out" }).click();
  else await eraseEverything();
  await page.waitForURL(product.web + (path ?? ""));
});

test("a person whose session ended elsewhere is told so when they want to erase", async () => {
  const page = await ann.open("/account");
  await page.getByText(ann.email).waitFor();
  const headers = await ann.shown();
  await page.request.post("/api/auth/sign-out", { data: {}, headers });
  await eraseEverything();
  await page.waitForURL((url) => url.searchParams.get("reason") === "ended");
});

test("another browser of the same person stays signed in after one has signed out", async () => {
  const other = await Visitor.arrive();
  await other.page.goto("/sign-in");
  await other.page.getByLabel("E-mail").fill(ann.email);
  await other.page.getByLabel("Password").fill(PASSWORD);
  await other.page.getByRole("button", { name: "Sign in" }).click();
  await other.page.getByRole("heading", { name: "One list, for you and your agents" }).waitFor();
  await ann.open("/account");
  await ann.page.getByRole("button", { name: "Sign out" }).click();
  await ann.page.waitForURL(`${product.web}/sign-in`);
  await other.page.getByRole("link", { name: "Connect", exact: true }).click();
  await other.page.getByText("None yet.").waitFor();
  await other.leave();
});

test("a new password ends every session, agent and key", async () => {
  const held = await everything();
  await ann.page.goto(resetLink());
  await choosePassword();
  await ann.page.getByText("all agents and keys are disconnected").waitFor();
  await expect.poll(() => answersTo(held), WITHIN_SECONDS).toEqual(ALL_ENDED);
  expect((await agent.refresh(held.refresh)).body["error"]).toBe("invalid_grant");
});

test("a new password keeps agents and keys if the person wants it", async () => {
  const held = await everything();
  await ann.page.goto(resetLink());
  await ann.page.getByLabel(/Also disconnect all agents and keys/).uncheck();
  await choosePassword();
  await expect
    .poll(() => answersTo(held), WITHIN_SECONDS)
    .toEqual({ ...ENDED, access: 200, key: 200 });
  expect((await agent.refresh(held.refresh)).status).toBe(200);
});

test("deleting a person ends all credentials, by the page and by one request", async () => {
  const held = await everything();
  const page = await ann.open("/account");
  await page.getByRole("button", { name: "Erase everything" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Type “erase” to continue").fill("erase");
  await dialog.getByRole("button", { name: "Erase everything" }).click();
  await page.waitForURL(`${product.web}/sign-up`);
  await expect.poll(() => answersTo(held), WITHIN_SECONDS).toEqual(ALL_ENDED);
  expect((await agent.refresh(held.refresh)).status).toBe(400);
});

test("a list that is erased over REST leaves an agent nothing to come back with", async () => {
  const held = await everything();
  await ann.call("DELETE", "");
  // Tokens from the second in which the erase ended are refused too: the person's, and the page's
  // own, with which it asks about the agent.
  const refreshed = async () => (await agent.refresh(held.refresh)).body["error"];
  await expect.poll(refreshed, WITHIN_SECONDS).toBe("invalid_grant");
  await expect.poll(() => answersTo(held), WITHIN_SECONDS).toEqual(ALL_ENDED);
  const agents = async (): Promise<unknown> =>
    (await callRest(await ann.token(), "/agents")).json();
  await expect.poll(agents, WITHIN_SECONDS).toEqual({ agents: [] });
});

test("an agent that is revoked over REST is given no token any more", async () => {
  const held = await everything();
  await ann.call("DELETE", `/agents/${agent.clientId}`);
  expect((await agent.refresh(held.refresh)).body["error"]).toBe("invalid_grant");
  const walk = await agent.allowedBy(ann); // a new consent does not revive its old tokens
  expect((await agent.refresh(held.refresh)).body["error"]).toBe("invalid_grant");
  expect((await agent.exchange(walk)).status).toBe(200);
});

test("allowing less removes the other scopes from the agent's tokens", async () => {
  const held = await everything();
  const redirected = agent.redirected();
  await ann.page.goto(agent.authorizeUrl());
  await ann.page.getByLabel(/Add, change/).uncheck();
  await ann.answerConsent("Allow");
  const code = (await redirected).get("code") ?? "";
  expect((await agent.refresh(held.refresh)).body["error"]).toBe("invalid_grant");
  const adds = async () => (await callTool(held.access, "add_task", { title: "No" })).status;
  await expect.poll(adds, WITHIN_SECONDS).not.toBe(200);
  const walk = { code, verifier: "v".repeat(43), parameters: new URLSearchParams() };
  const { body } = await agent.exchange(walk);
  expect((await callTool(body["access_token"] ?? "", "list_tasks")).status).toBe(200);
  expect(await ann.call("GET", "/tasks")).toEqual({ tasks: [] });
});

test("an agent keeps its scopes if its person refuses a further request", async () => {
  const held = await everything();
  await ann.page.goto(agent.authorizeUrl());
  await ann.answerConsent("Do not allow");
  expect((await agent.refresh(held.refresh)).status).toBe(200);
});

test("signing out deletes the person's unsent texts from the browser, and nobody else's", async () => {
  const page = await ann.open("/account");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  const own = `surelist.draft.${await ann.id()}.x`;
  const other = "surelist.draft.somebody-else.x";
  await page.evaluate(
    (keys) => {
      for (const key of keys) {
        localStorage.setItem(key, "text");
        sessionStorage.setItem(key, "text");
      }
    },
    [own, other],
  );
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${product.web}/sign-in`);
  const left = await page.evaluate(() =>
    [localStorage, sessionStorage].map((storage) =>
      Object.keys(storage).filter((key) => key.startsWith("surelist.draft.")),
    ),
  );
  expect(left).toEqual([[other], [other]]);
});
