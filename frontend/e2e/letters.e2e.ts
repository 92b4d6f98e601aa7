import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { someAddress } from "./addresses";
import { PASSWORD } from "./browser";
import { Mailbox } from "./mailbox";
import { type Product, start } from "./stack";

const MOST_OF_A_KIND = 3; // specs/auth.md

const data = mkdtempSync(join(tmpdir(), "surelist-letters-"));
const mailbox = new Mailbox();
let product: Product;

beforeAll(async () => {
  const mail = { SMTP_URL: await mailbox.open(), SMTP_FROM: "surelist@example.com" };
  product = await start(data, { ...mail, SURELIST_TRUSTED_PROXIES: "127.0.0.1, ::1" });
}, 120_000);

afterEach(() => mailbox.letGo());

afterAll(async () => {
  await product.stop();
  mailbox.close();
  rmSync(data, { recursive: true });
}, 60_000);

async function post(path: string, body: object): Promise<Response> {
  return fetch(`${product.web}/api/auth${path}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Origin: product.web,
      "X-Forwarded-For": someAddress(),
    },
    body: JSON.stringify(body),
  });
}

const signUp = (email: string) =>
  post("/sign-up/email", { email, password: PASSWORD, name: "Ann" });
const signIn = (email: string) => post("/sign-in/email", { email, password: PASSWORD });
const forget = (email: string) => post("/request-password-reset", { email, redirectTo: "/" });
const arrived = (words: string) =>
  mailbox.letters.filter((letter) => letter.includes(words)).length;

test("no answer waits for the mail server, so that known addresses take no longer than others", async () => {
  mailbox.hold();
  const [ann, nobody] = ["ann@example.com", "nobody@example.com"];
  const statuses = async (ask: (email: string) => Promise<Response>, ...emails: string[]) =>
    Promise.all(emails.map(async (email) => (await ask(email)).status));
  expect(await statuses(signUp, ann)).toEqual([200]);
  expect(await statuses(signUp, ann, "other@example.com")).toEqual([200, 200]);
  expect(await statuses(forget, ann, nobody)).toEqual([200, 200]);
  expect(await statuses(signIn, ann, nobody)).toEqual([403, 401]);
  expect(mailbox.letters).toEqual([]);
  mailbox.letGo();
  await expect.poll(() => mailbox.letters.length, { timeout: 20_000 }).toBe(5);
  expect(arrived("Choose a new password here")).toBe(1);
  expect(arrived("has an account already")).toBe(1);
  expect(arrived("Confirm it here")).toBe(3);
});

test("one address gets few e-mails, whoever requests them, with the same answers", async () => {
  const victim = "victim@example.com";
  await signUp(victim);
  const before = arrived("Choose a new password here");
  const answers = await Promise.all(Array.from({ length: 8 }, () => forget(victim)));
  const unknown = (await (await forget("nobody@example.com")).json()) as unknown;
  for (const answer of answers) {
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(unknown);
  }
  await expect
    .poll(() => arrived("Choose a new password here") - before, { timeout: 20_000 })
    .toBe(MOST_OF_A_KIND);
  for (let at = 0; at < 5; at += 1) expect((await signUp(victim)).status).toBe(200);
  for (let at = 0; at < 5; at += 1) expect((await signIn(victim)).status).toBe(403);
  const last = "last@example.com";
  await signUp(last);
  const sent = mailbox.letters.length;
  await expect.poll(() => mailbox.letters.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(sent);
  expect(arrived("Choose a new password here") - before).toBe(MOST_OF_A_KIND);
  expect(arrived("has an account already")).toBeLessThanOrEqual(1 + MOST_OF_A_KIND);
});
