import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, test } from "vitest";

import { Agent, callTool } from "./agent";
import { believableList, type CallTool, inDays } from "./believable-list";
import { closeBrowser, Visitor } from "./browser";
import { shoot, take } from "./shooting";

let ann: Visitor;
let agent: Agent;

beforeEach(async () => {
  ann = await Visitor.arrive({ reducedMotion: "reduce" });
  agent = await Agent.register();
});

afterEach(async () => {
  agent.close();
  await ann.leave();
});

afterAll(closeBrowser);

/** A person with an agent and a realistic list, on their page. */
async function somebodyBusy(): Promise<{ page: Page; callTool: CallTool }> {
  const { page } = await ann.signUp();
  const { body } = await agent.exchange(await agent.connect(ann));
  const call: CallTool = (name, input) => callTool(body["access_token"] ?? "", name, input);
  await believableList(ann, call);
  return { page, callTool: call };
}

test("the pages before signing in please in every size and look", async () => {
  const { page } = ann;
  for (const path of ["/sign-in", "/sign-up", "/forgot-password", "/sign-in-error", "/nowhere"]) {
    await page.goto(path);
    await page.getByRole("heading").first().waitFor();
    await take(page, path.slice(1));
  }
});

test("the pages of somebody new do", async () => {
  const { page } = await ann.signUp();
  await page.getByRole("heading", { name: "One list, for you and your agents" }).waitFor();
  await take(page, "tasks-first");
  await page.goto("/connect");
  await page.getByText("None. A key is for").waitFor();
  await take(page, "connect-first");
  await page.goto(agent.authorizeUrl());
  await page.getByRole("button", { name: "Allow", exact: true }).waitFor();
  await take(page, "consent");
});

test("the list of somebody busy does", async () => {
  const { page, callTool } = await somebodyBusy();
  await page.goto("/");
  await page.locator("[data-title]", { hasText: "Call the landlord about the heating" }).waitFor();
  await callTool("add_task", {
    title: "Ask Jonas for the figures of the third quarter",
    due: inDays(1),
    tags: ["work"],
  });
  await page.getByText("Claude Code added “Ask Jonas").waitFor();
  await shoot(page, "page"); // docs/page.png
  await take(page, "tasks");
  await page.locator("[data-title]", { hasText: "Book the train to Hamburg" }).click();
  await page.getByLabel("Description").waitFor();
  await take(page, "tasks-editing");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByLabel("Sort by").waitFor();
  await take(page, "tasks-filter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await take(page, "tasks-help");
  await page.goto("/?view=deleted");
  await page.getByRole("button", { name: /^Restore/ }).waitFor();
  await take(page, "tasks-trash");
}, 120_000);

test("the changes of an agent do", async () => {
  const { page, callTool } = await somebodyBusy();
  await page.goto("/");
  await page.locator("[data-title]", { hasText: "Water the plants" }).waitFor();
  for (const task_id of [2, 5]) await callTool("complete_task", { task_id });
  for (const task_id of [6, 7]) await callTool("delete_task", { task_id });
  await callTool("update_task", { task_id: 4, title: "Buy olive oil and lemons", due: inDays(1) });
  await page.getByText("changed 1, completed 2 and deleted 2 tasks").waitFor();
  await shoot(page, "notice"); // docs/notice.png
  await take(page, "tasks-notice");
  await page.getByRole("link", { name: "Review" }).click();
  await page
    .getByRole("button", { name: /^Review: Claude Code/ })
    .first()
    .click();
  await shoot(page, "activity");
}, 120_000);

test("the other pages of somebody busy do", async () => {
  const { page } = await somebodyBusy();
  await ann.call("POST", "/keys", { name: "Nightly script", scopes: ["tasks:read"], days: 90 });
  await page.goto("/connect");
  await page.getByText("Claude Code completed").waitFor();
  await take(page, "connect");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("Name").waitFor();
  await take(page, "connect-key");
  await page.goto("/account");
  await page.getByLabel("Time zone").waitFor();
  await page.getByText("This browser").waitFor();
  await take(page, "account");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByLabel("Current password").fill("not the password at all");
  await page.getByLabel("New password").fill("a sentence that is long enough");
  await page.keyboard.press("Enter");
  await page.getByText("That is not your password.").waitFor();
  await take(page, "account-password");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Erase everything" }).click();
  await page.getByRole("dialog").waitFor();
  await take(page, "account-erase");
}, 120_000);
