import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { madeFor } from "@/auth/person-header";

import { callRest } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { signedInLongAgo } from "./database";
import { product } from "./product";
import { complaintsOf } from "./seen";

const CONFIRM = "Confirm that it is you";

let ann: Visitor;
let id: string;

beforeEach(async () => {
  ann = await Visitor.withAccount();
  id = await ann.id();
  await signedInLongAgo(id);
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const dialog = () => ann.page.getByRole("dialog", { name: CONFIRM });

async function confirm(password: string): Promise<void> {
  await dialog().getByLabel("Password").fill(password);
  await ann.page.keyboard.press("Enter");
}

test("a key is made after the password is confirmed, and once is enough for a while", async () => {
  const page = await ann.open("/connect");
  const make = async (name: string) => {
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Make the key" }).click();
  };
  await make("Nightly");
  await dialog().waitFor();
  expect(await complaintsOf(page)).toEqual([]);
  await confirm("not the password at all");
  await dialog().getByText("That is not your password.").waitFor();
  await confirm(PASSWORD);
  await page.getByRole("dialog", { name: "The key for Nightly" }).waitFor();
  await page.getByRole("button", { name: "I have kept it" }).click();
  await make("Weekly");
  await page.getByRole("dialog", { name: "The key for Weekly" }).waitFor();
});

test("a person who does not confirm gets no key, and can continue with the form", async () => {
  const page = await ann.open("/connect");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("Name").fill("Nightly");
  await page.getByRole("button", { name: "Make the key" }).click();
  await dialog().waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  expect(await page.getByLabel("Name").inputValue()).toBe("Nightly");
  expect(await ann.call("GET", "/agents")).toEqual({ agents: [] });
  await page.getByRole("button", { name: "Make the key" }).click();
  await confirm(PASSWORD);
  await page.getByRole("dialog", { name: "The key for Nightly" }).waitFor();
});

test("erasing needs the password when the sign-in was long ago, and then is done at once", async () => {
  const page = await ann.open("/account");
  await page.getByRole("button", { name: "Erase everything" }).click();
  const erasing = page.getByRole("dialog", { name: "Erase everything?" });
  await erasing.getByLabel("Type “erase” to continue").fill("erase");
  await erasing.getByRole("button", { name: "Erase everything" }).click();
  await confirm(PASSWORD);
  await page.waitForURL(`${product.web}/sign-up`);
});

test("neither server makes keys, erases or deletes for a sign-in of long ago", async () => {
  const token = await ann.token();
  const asked = { name: "Nightly", scopes: ["tasks:read"], days: 30 };
  const key = { method: "POST", body: JSON.stringify(asked) };
  for (const answer of [
    await callRest(token, "/keys", key),
    await callRest(token, "", { method: "DELETE" }),
  ]) {
    expect(answer.status).toBe(401);
    expect(answer.headers.get("WWW-Authenticate")).toContain("insufficient_user_authentication");
  }
  const headers = { ...(await ann.shown()), ...madeFor(id) };
  const deleted = await ann.page.request.post("/api/auth/delete-user", { data: {}, headers });
  expect(await deleted.json()).toMatchObject({ code: "RECENT_SIGN_IN_NEEDED" });
  expect(await ann.call("GET", "")).toMatchObject({ user_id: id });
});
