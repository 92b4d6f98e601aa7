import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { Mailbox } from "./mailbox";
import { type Product, start } from "./stack";

const data = mkdtempSync(join(tmpdir(), "surelist-mail-"));
const mailbox = new Mailbox();
let product: Product;
let ann: Visitor;

beforeAll(async () => {
  const mail = { SMTP_URL: await mailbox.open(), SMTP_FROM: "surelist@example.com" };
  product = await start(data, mail);
  ann = await Visitor.arrive({ baseURL: product.web });
}, 120_000);

afterAll(async () => {
  await ann.leave();
  await closeBrowser();
  await product.stop();
  mailbox.close();
  rmSync(data, { recursive: true });
}, 60_000);

async function send(path: string, button: string): Promise<void> {
  await ann.page.goto(path);
  await ann.fillIn(PASSWORD);
  await ann.page.getByRole("button", { name: button }).click();
}

/** The e-mail with that index. Waits for it. */
async function letter(number: number): Promise<string> {
  await expect.poll(() => mailbox.letters.length, { timeout: 15_000 }).toBeGreaterThan(number);
  return mailbox.letters[number] ?? "";
}

const linkIn = (written: string) => /http\S+/.exec(written)?.[0] ?? "";

test("an address is confirmed by the link that is sent to it, even when the first one was lost", async () => {
  await send("/sign-up", "Make the account");
  await ann.page.getByText(`An e-mail is on its way to ${ann.email}`).waitFor();
  expect(linkIn(await letter(0))).toContain("/api/auth/verify-email?");

  await send("/sign-up", "Make the account");
  await ann.page.getByText(`An e-mail is on its way to ${ann.email}`).waitFor();
  expect(await letter(1)).toContain("has an account already");
  expect(await letter(1)).not.toContain("verify-email"); // a stranger may be asking
  expect(linkIn(await letter(1))).toBe(`${product.web}/sign-in`);

  await send(linkIn(await letter(1)), "Sign in");
  await ann.page.getByText("Confirm your address first").waitFor();
  await ann.page.goto(linkIn(await letter(2)));
  await ann.page.getByText("Your address is confirmed. Sign in to begin.").waitFor();
  await ann.fillIn(PASSWORD);
  await ann.page.getByRole("button", { name: "Sign in" }).click();
  await ann.page.waitForURL(`${product.web}/`);
  await ann.page.getByRole("heading", { name: "One list, for you and your agents" }).waitFor();
  expect(mailbox.letters).toHaveLength(3);
});

test("a forgotten password is reset with the link in the e-mail", async () => {
  await ann.page.goto("/forgot-password");
  await ann.page.getByLabel("E-mail").fill(ann.email);
  await ann.page.getByRole("button", { name: "Send the e-mail" }).click();
  await ann.page.getByRole("heading", { name: "Check your e-mail" }).waitFor();
  await ann.page.goto(linkIn(await letter(3)));
  await ann.page.getByLabel("New password").fill("another sentence, and a longer one");
  await ann.page.getByRole("button", { name: "Change the password" }).click();
  await ann.page.getByRole("heading", { name: "The password is changed" }).waitFor();
});

test("an expired link says so on its page", async () => {
  const stranger = await Visitor.arrive({ baseURL: product.web });
  const query = new URLSearchParams({ token: "x", callbackURL: "/connect?from=here" });
  await stranger.page.goto(`/api/auth/verify-email?${query.toString()}`);
  await stranger.page.getByText("That link does not work").waitFor();
  const link = new URLSearchParams({
    token: "x",
    callbackURL: "/sign-in?reason=confirmed&next=%2F",
  });
  await stranger.page.goto(`/api/auth/verify-email?${link.toString()}`);
  await stranger.page.getByText("That link does not work").waitFor();
  await stranger.page.goto("/?error=TOKEN_EXPIRED");
  await stranger.page.getByText("That link has expired").waitFor();
  await stranger.leave();
});
