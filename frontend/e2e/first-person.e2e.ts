import { execFileSync } from "node:child_process";

import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { callRest, callTool } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { askPeople, createdTogether } from "./database";
import { type OnePage, startPage } from "./one-page";
import { product } from "./product";
import { complaintsOf, titlesOn } from "./seen";
import { SURELIST, withoutSettings } from "./stack";

const LOCAL = "local";
const CODE = "ABCD-EFGH-IJKL-MNOP";

let visitors: Visitor[] = [];

beforeEach(async () => {
  await askPeople(`DELETE FROM "user"`);
});

afterEach(leaveAll);
afterAll(closeBrowser);

async function leaveAll(): Promise<void> {
  for (const visitor of visitors) await visitor.leave();
  visitors = [];
}

async function arrive(baseURL = product.web): Promise<Visitor> {
  const visitor = await Visitor.arrive({ baseURL });
  visitors.push(visitor);
  return visitor;
}

/** A token of the user `local`, as in the instructions of `make run`. */
function localToken(client = "Cursor"): string {
  const words = ["token", LOCAL, "--client", client, "--data", product.data];
  return execFileSync(SURELIST, words, { encoding: "utf8", env: withoutSettings({}) }).trim();
}

/** Signs up with the form's request; returns the status. */
async function signUp(visitor: Visitor, code?: string): Promise<number> {
  const data = { email: visitor.email, password: PASSWORD, name: "Ann", ...(code && { code }) };
  const headers = await visitor.shown();
  return (await visitor.page.request.post("/api/auth/sign-up/email", { data, headers })).status();
}

async function userIds(): Promise<string[]> {
  return (await askPeople<{ id: string }>(`SELECT id FROM "user"`)).map(({ id }) => id);
}

test("of several concurrent first sign-ups one is local, and the others get new ids", async () => {
  const all = await Promise.all(Array.from({ length: 6 }, () => arrive()));
  const answers = createdTogether(6, () => Promise.all(all.map((one) => signUp(one))));
  expect(await answers).toEqual(Array(6).fill(200));
  const ids = await userIds();
  expect(new Set(ids).size).toBe(6);
  expect(ids.filter((id) => id === LOCAL)).toEqual([LOCAL]);
});

test("an agent stays connected when its person signs up, and is listed", async () => {
  const agent = localToken();
  expect((await callTool(agent, "add_task", { title: "Buy milk" })).status).toBe(200);
  const ann = await arrive();
  const { page } = await ann.signUp();
  await expect.poll(() => titlesOn(page), { timeout: 15_000 }).toEqual(["Buy milk"]);
  expect(await ann.id()).toBe(LOCAL);
  const answer = await callTool(agent, "add_task", { title: "Call mum" });
  expect(await answer.text()).toContain("Call mum");
  await page.goto("/connect");
  await page.getByText("Cursor added “Call mum”").waitFor();
  await page.getByRole("button", { name: "Revoke Cursor" }).waitFor();
  expect(await complaintsOf(page)).toEqual([]);
});

test("later people get their own lists", async () => {
  for (const first of [true, false]) {
    const visitor = await arrive();
    expect(await signUp(visitor)).toBe(200);
    expect((await visitor.id()) === LOCAL).toBe(first);
  }
});

test("after erasing the local list, a new sign-up gets it empty, and old credentials are refused", async () => {
  const before = localToken();
  const ann = await arrive();
  const { page } = await ann.signUp();
  expect((await callTool(before, "add_task", { title: "Old" })).status).toBe(200);
  await askPeople(
    `INSERT INTO verification (id, identifier, value, "expiresAt") VALUES
      ('1', 'a link', $1, now() + interval '1 hour'),
      ('2', 'a code for an agent', '{"userId":"local"}', now() + interval '1 hour'),
      ('3', 'of somebody else', '{"place":"localhost"}', now() + interval '1 hour')`,
    [LOCAL],
  );
  await page.goto("/account");
  await page.getByRole("button", { name: "Erase everything" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Type “erase” to continue").fill("erase");
  await dialog.getByRole("button", { name: "Erase everything" }).click();
  await page.waitForURL((url) => url.pathname === "/sign-up");
  await ann.signUp();
  expect(await ann.id()).toBe(LOCAL);
  const left = await askPeople(`SELECT id FROM verification WHERE id IN ('1', '2', '3')`);
  expect(left).toEqual([{ id: "3" }]);
  const anew = async (): Promise<unknown> => (await callRest(localToken(), "/tasks")).json();
  await expect.poll(anew, { timeout: 30_000, interval: 500 }).toEqual({ tasks: [] });
  const refused = async () => (await callRest(before, "/tasks")).status;
  await expect.poll(refused, { timeout: 10_000, interval: 500 }).toBe(401);
});

/** Runs `work` with a page with these settings, closes the visitors and then stops the page, which
 * waits for them. */
async function atPage(
  settings: Record<string, string>,
  work: (page: OnePage) => Promise<void>,
): Promise<void> {
  const page = await startPage(settings);
  try {
    await work(page);
  } finally {
    await leaveAll();
    await page.stop();
  }
}

test("if a code is needed, a wrong one is refused, and the right one makes the person local", () =>
  atPage({ SURELIST_FIRST_PERSON: CODE }, async ({ web }) => {
    const ann = await arrive(web);
    const page = await ann.open("/sign-up");
    await ann.fillIn(PASSWORD);
    await page.getByLabel("Code from the server’s terminal").fill("ABCD-EFGH-IJKL-MNOQ");
    await page.getByRole("button", { name: "Make the account" }).click();
    await page.getByText("The code is wrong").waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    expect(await userIds()).toEqual([]);
    expect(await signUp(ann, "abcd efgh ijkl mnop")).toBe(200);
    expect(await userIds()).toEqual([LOCAL]);
    const bob = await arrive(web);
    await (await bob.open("/sign-up")).getByLabel("Password").waitFor();
    expect(await bob.page.getByLabel("Code from the server’s terminal").count()).toBe(0);
    expect(await signUp(bob, CODE)).toBe(400);
    expect(await userIds()).toEqual([LOCAL]);
  }));

test("where a code is needed, a stranger without it has a list of their own", () =>
  atPage({ SURELIST_FIRST_PERSON: CODE }, async ({ web }) => {
    expect(await signUp(await arrive(web))).toBe(200);
    const [id, ...others] = await userIds();
    expect(id).not.toBe(LOCAL);
    expect(others).toEqual([]);
  }));

test("a page that was started by itself makes nobody local, and knows no code", () =>
  atPage({}, async ({ web }) => {
    expect(await signUp(await arrive(web), CODE)).toBe(400);
    expect(await signUp(await arrive(web))).toBe(200);
    expect(await userIds()).not.toContain(LOCAL);
  }));
