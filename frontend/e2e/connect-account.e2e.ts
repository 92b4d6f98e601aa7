import { readFile } from "node:fs/promises";

import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { Agent, callRest, callTool } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { revokeAll } from "./database";
import { rest } from "./rest";
import { complaintsOf } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

test("a connected agent is shown with its last change, and revoked after a confirmation", async () => {
  const agent = await Agent.register();
  const { body } = await agent.exchange(await agent.connect(ann));
  agent.close();
  const token = body["access_token"] ?? "";
  await callTool(token, "add_task", { title: "From afar" });
  const page = await ann.open("/connect");
  await page.getByText("Claude Code added “From afar”").waitFor();
  await page.getByText("Working now", { exact: true }).waitFor();
  expect(await complaintsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "Revoke Claude Code" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("1 revoked").waitFor();
  const answered = async () => (await callTool(token, "list_tasks")).status;
  await expect.poll(answered, { timeout: 10_000, interval: 500 }).toBe(401);
  expect((await agent.refresh(body["refresh_token"] ?? "")).status).toBe(400);
});

test("an open Connect tab says at once that an agent has connected", async () => {
  const page = await ann.open("/connect");
  await page.getByText("None yet.").waitFor();
  const other = await ann.context.newPage();
  const agent = await Agent.register();
  await other.goto(agent.authorizeUrl());
  await other.getByRole("button", { name: "Allow", exact: true }).click();
  const told = page.getByRole("status").filter({ hasText: "Claude Code is connected." });
  await told.waitFor({ timeout: 3_000 }); // a poll is every 10 s
  agent.close();
  await page.reload();
  await page.getByRole("heading", { name: "Connected agents" }).waitFor();
  expect(await told.count()).toBe(0);
});

test("every program's steps contain the address, and those that need a public one say so", async () => {
  const page = await ann.open("/connect");
  for (const name of [
    "Claude",
    "ChatGPT",
    "VS Code",
    "Cursor",
    "Codex",
    "Gemini CLI",
    "n8n",
    "Others",
  ]) {
    await page.getByRole("tab", { name, exact: true }).click();
    await page.getByRole("tabpanel").waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    const warned = await page.getByText("needs a public HTTPS address").isVisible();
    expect(warned).toBe(["Claude", "ChatGPT"].includes(name));
  }
});

test("a key is shown once, works, and is listed with its end", async () => {
  const page = await ann.open("/connect");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("Name").fill("Nightly");
  await page.getByLabel("It may").selectOption("read");
  await page.getByRole("button", { name: "Make the key" }).click();
  const token = await page.getByRole("dialog").locator("pre").first().innerText();
  expect(await rest(token.trim(), "GET", "/tasks")).toEqual({ tasks: [] });
  await expect(rest(token.trim(), "POST", "/tasks", { title: "No" })).rejects.toThrow("403");
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByText("Good until").waitFor();
  expect(await page.content()).not.toContain(token.trim());
});

test("a key that is shown stays until the person says that they have kept it", async () => {
  await ann.context.addInitScript("delete Navigator.prototype.clipboard"); // like without HTTPS
  const page = await ann.open("/connect");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("Name").fill("Nightly");
  await page.getByRole("button", { name: "Make the key" }).click();
  const shown = page.getByRole("dialog", { name: "The key for Nightly" });
  await shown.waitFor();
  await page.mouse.click(5, 5);
  await page.keyboard.press("Escape");
  const token = await shown.locator("pre").first().innerText();
  await shown.getByRole("button", { name: "Copy the key" }).click();
  await shown.getByText("Selected").waitFor();
  const selected = await page.evaluate(() => window.getSelection()?.toString());
  expect(selected?.trim()).toBe(token.trim());
  expect(await complaintsOf(page)).toEqual([]);
  await shown.getByRole("button", { name: "I have kept it" }).click();
  await shown.waitFor({ state: "detached" });
});

test("every agent is listed and can be revoked, however many there are", async () => {
  const many = 201; // one more than a page of the API
  for (let count = 1; count <= many; count += 1) {
    const agent = { name: `Agent ${String(count)}`, scopes: ["tasks:read"] };
    await ann.call("PUT", `/agents/agent-${String(count)}`, agent);
  }
  const { user_id: id } = (await ann.call("GET", "")) as { user_id: string };
  await revokeAll(id);
  await ann.call("PUT", "/agents/agent-1", { name: "Agent 1", scopes: ["tasks:read"] });
  const page = await ann.open("/connect");
  await page.getByText(`${String(many - 1)} revoked`).waitFor();
  await page.getByRole("button", { name: "Revoke Agent 1", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText(`${String(many)} revoked`).waitFor();
});

test("a new list takes the browser's time zone, and another one can be chosen", async () => {
  await ann.open("/");
  await expect
    .poll(() => ann.call("GET", ""), { timeout: 15_000 })
    .toMatchObject({ timezone: "Europe/Berlin" });
  const page = await ann.open("/account");
  await page.getByLabel("Time zone").selectOption("Asia/Tokyo");
  await page.getByRole("button", { name: "Use Europe/Berlin" }).waitFor();
  expect(await ann.call("GET", "")).toMatchObject({ timezone: "Asia/Tokyo" });
  expect(await complaintsOf(page)).toEqual([]);
});

test("the export is downloaded, and holds the tasks and their history", async () => {
  await ann.call("POST", "/tasks", { title: "Mine" });
  const page = await ann.open("/account");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the export" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^surelist-.*\.json$/);
  const exported: unknown = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(exported).toMatchObject({
    as_of: 1,
    tasks: [{ title: "Mine" }],
    events: [{ task_id: 1 }],
  });
});

test("erasing needs the word typed, and leaves neither the list nor the person", async () => {
  await ann.call("POST", "/tasks", { title: "Mine" });
  const token = await ann.token();
  const page = await ann.open("/account");
  await page.getByRole("button", { name: "Erase everything" }).click();
  const dialog = page.getByRole("dialog");
  const erase = dialog.getByRole("button", { name: "Erase everything" });
  expect(await erase.isDisabled()).toBe(true);
  await dialog.getByLabel("Type “erase” to continue").fill("erase");
  await erase.click();
  await page.waitForURL((url) => url.pathname === "/sign-up");
  const answered = async () => (await callRest(token, "")).status;
  await expect.poll(answered, { timeout: 10_000, interval: 500 }).toBe(401);
  await page.goto("/sign-in");
  await ann.fillIn(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The address or the password is wrong.").waitFor();
  await ann.signUp(); // the address can be used again
  expect(await ann.call("GET", "")).toMatchObject({ last_event: 0 });
});
