import { afterAll, beforeEach, expect, test } from "vitest";

import { someAddress } from "./addresses";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { askPeople } from "./database";
import { product } from "./product";

const GUESSES = 10; // specs/auth.md

// Tests of other files may have left waits in the same product.
beforeEach(() => endWaits());
afterAll(closeBrowser);

const headers = () => ({
  "Content-Type": "application/json",
  Origin: product.web,
  "X-Forwarded-For": someAddress(), // a new address each time
});

async function signIn(email: string, password: string): Promise<Response> {
  const url = `${product.web}/api/auth/sign-in/email`;
  const body = JSON.stringify({ email, password });
  return fetch(url, { method: "POST", headers: headers(), body });
}

const guess = async (email: string) => (await signIn(email, "not the password at all")).status;

async function guessAll(email: string, times = GUESSES): Promise<number[]> {
  return Promise.all(Array.from({ length: times }, () => guess(email)));
}

/** Ends all current waits, and returns the length of each in seconds. */
async function endWaits(): Promise<number[]> {
  const rows = await askPeople<{
    seconds: number;
  }>(`UPDATE tally AS t SET until = now() FROM (SELECT id, since, until FROM tally) AS old
     WHERE t.id = old.id AND old.until > now() AND t.key LIKE 'guess:%'
     RETURNING round(extract(epoch FROM old.until - old.since))::int AS seconds`);
  return rows.map(({ seconds }) => seconds);
}

test("guesses at one account must wait, wherever they come from, and longer each time", async () => {
  const ann = await Visitor.withAccount();
  const statuses = await guessAll(ann.email, 3 * GUESSES); // all at once
  expect(statuses.filter((status) => status === 401)).toHaveLength(GUESSES);
  expect(statuses.filter((status) => status === 429)).toHaveLength(2 * GUESSES);
  const right = await signIn(ann.email.toUpperCase(), PASSWORD);
  expect([right.status, Number(right.headers.get("Retry-After")) > 0]).toEqual([429, true]);
  for (const seconds of [30, 60, 120]) {
    expect(await endWaits()).toEqual([seconds]);
    expect(await guess(ann.email)).toBe(401);
    expect(await guess(ann.email)).toBe(429);
  }
  await endWaits();
  expect((await signIn(ann.email, PASSWORD)).status).toBe(200);
  expect(await guess(ann.email)).toBe(401); // the count begins again
  await ann.leave();
});

test("guesses lock out neither another account nor a browser that has been signed in", async () => {
  const ann = await Visitor.withAccount();
  const bob = await Visitor.withAccount();
  await guessAll(ann.email, GUESSES + 1);
  expect((await signIn(ann.email, PASSWORD)).status).toBe(429);
  expect((await signIn(bob.email, PASSWORD)).status).toBe(200);
  const inBrowser = async (visitor: Visitor, password: string) => {
    const data = { email: ann.email, password };
    const answer = await visitor.page.request.post("/api/auth/sign-in/email", {
      data,
      headers: headers(),
    });
    return answer.status();
  };
  expect(await inBrowser(ann, PASSWORD)).toBe(200);
  expect(await inBrowser(bob, PASSWORD)).toBe(429); // signed in to another account
  for (let at = 0; at < GUESSES; at += 1) expect(await inBrowser(ann, "not it at all")).toBe(401);
  expect(await inBrowser(ann, PASSWORD)).toBe(429); // a known browser is limited too
  expect(await endWaits()).toHaveLength(2);
  await ann.leave();
  await bob.leave();
});

test("guesses at an address without an account are answered as at one with it", async () => {
  const email = `nobody-${String(Date.now())}@example.com`;
  const statuses = await guessAll(email, GUESSES + 1);
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  expect(await endWaits()).toHaveLength(1);
});

test("a password that everybody tries first is not taken", async () => {
  const url = `${product.web}/api/auth/sign-up/email`;
  for (const password of ["1234567890", "Password123", "visitor2026"]) {
    const body = JSON.stringify({ email: "visitor@example.com", password, name: "Visitor" });
    const answer = await fetch(url, { method: "POST", headers: headers(), body });
    expect(answer.status, password).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "PASSWORD_TOO_COMMON" });
  }
});

test("the page says in words that a password is too common", async () => {
  const ann = await Visitor.arrive();
  await ann.page.goto("/sign-up");
  await ann.fillIn("qwertyuiop");
  await ann.page.getByRole("button", { name: "Make the account" }).click();
  await ann.page.getByText("Many people use this password").waitFor();
  await ann.leave();
});
