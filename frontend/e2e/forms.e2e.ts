import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { Agent, callTool } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { askPeople } from "./database";
import { product } from "./product";
import { complaintsOf } from "./seen";

const PAGES = ["/sign-in", "/sign-up", "/forgot-password", "/reset-password?token=x"];

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

test("without scripts a person signs up, signs in and allows an agent", async () => {
  const agent = await Agent.register();
  const bob = await Visitor.arrive({ javaScriptEnabled: false });
  const { page } = bob;
  const redirected = agent.redirected();
  await page.goto(agent.authorizeUrl());
  await page.getByRole("link", { name: "Make an account" }).click();
  await bob.fillIn(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText(`signed in as ${bob.email}`).waitFor();
  await page.getByLabel(/Add, change/).uncheck();
  await bob.answerConsent("Allow");
  const parameters = await redirected;
  const walk = { code: parameters.get("code") ?? "", verifier: "v".repeat(43), parameters };
  const token = (await agent.exchange(walk)).body["access_token"] ?? "";
  expect((await callTool(token, "list_tasks")).status).toBe(200);
  expect((await callTool(token, "add_task", { title: "No" })).status).toBe(403);

  const again = agent.redirected();
  await bob.context.clearCookies();
  await page.goto(agent.authorizeUrl());
  await bob.fillIn(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await bob.answerConsent("Do not allow");
  expect((await again).get("error")).toBe("access_denied");
  agent.close();
  await bob.leave();
});

test("a wrong password keeps the address, and the focus is where it is typed again", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const bob = await Visitor.arrive({ javaScriptEnabled });
    const { page } = bob;
    await page.goto("/sign-in?next=%2Fconnect");
    await bob.fillIn("not the password at all");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The address or the password is wrong.").waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(bob.email);
    expect(await page.getByLabel("Password").inputValue()).toBe("");
    expect(await page.locator("input:focus").getAttribute("name")).toBe("password");
    expect(new URL(page.url()).search).toBe("?next=%2Fconnect");
    if (javaScriptEnabled) expect(await complaintsOf(page)).toEqual([]);
    await bob.leave();
  }
});

test("the first wrong field has the focus and an error, and the others keep their text", async () => {
  const { page } = ann;
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill("Ann <b>");
  await page.getByLabel("E-mail").fill("no address");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("That is not an e-mail address.").waitFor();
  expect(await page.locator("input:focus").getAttribute("aria-invalid")).toBe("true");
  expect(await page.locator("input:focus").getAttribute("name")).toBe("email");
  expect(await page.getByLabel("Name").inputValue()).toBe("Ann <b>");
  expect(await complaintsOf(page)).toEqual([]);
  await page.getByLabel("E-mail").fill(`new-${ann.email}`);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByText("The password needs at least 10 characters.").waitFor();
  expect(await page.locator("input:focus").getAttribute("name")).toBe("password");
});

test("a form that was left empty says what is missing", async () => {
  for (const [path, button, name] of [
    ["/sign-in", "Sign in", "email"],
    ["/sign-up", "Make the account", "email"],
    ["/reset-password?token=x", "Change the password", "password"],
  ] as const) {
    await ann.page.goto(path);
    await ann.page.getByRole("button", { name: button }).click();
    await ann.page.locator(`[name=${name}][aria-invalid]`).waitFor();
    expect(await ann.page.locator("input:focus").getAttribute("name"), path).toBe(name);
  }
});

test("a browser that blocks cookies is told so", async () => {
  const bob = await Visitor.withAccount();
  await bob.page.goto("/sign-in");
  await bob.fillIn(PASSWORD);
  await bob.context.clearCookies();
  await bob.page.getByRole("button", { name: "Sign in" }).click();
  await bob.page.getByText("Signing in needs cookies").waitFor();
  expect(await bob.page.getByLabel("E-mail").inputValue()).toBe(bob.email);
  await bob.leave();
});

test("a session that has ended says so, and leads back", async () => {
  const { page } = ann;
  await page.goto("/connect?from=here");
  await page.getByText("None yet.").waitFor();
  await askPeople(`DELETE FROM session WHERE "userId" = $1`, [await ann.id()]);
  await page.reload();
  await page.getByText("Your session ended. Sign in to go on.").waitFor();
  await ann.fillIn(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${product.web}/connect?from=here`);
});

test("the forms fit a narrow window, and load only their own script", async () => {
  const { page } = ann;
  await page.setViewportSize({ width: 320, height: 600 });
  for (const path of PAGES) {
    await page.goto(path);
    const scripts = await page.evaluate(() => [...document.scripts].map(({ src }) => src));
    expect(scripts, path).toEqual([`${product.web}/forms.js`]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      320,
    );
    expect(await page.evaluate(() => getComputedStyle(document.body).fontFamily)).toContain(
      "Inter",
    );
  }
});
