import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { POLL, rowOf, scrolled } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const SHOWN_MS = 8_000;

const addNumbered = (count: number) =>
  ann.add(...Array.from({ length: count }, (_, index) => `Task ${String(index + 1)}`));

async function scrollTo(page: Page, top: number): Promise<void> {
  await page.evaluate((y) => window.scrollTo(0, y), top);
  await page.waitForTimeout(300);
}

async function openForm(page: Page, title: string) {
  await rowOf(page, title).click();
  const form = page.getByRole("form", { name: `Edit ${title}` });
  await form.waitFor();
  return { form, title: form.getByLabel("Title"), description: form.getByLabel("Description") };
}

test("unsaved text survives scrolling, and an agent that deletes the task", async () => {
  await addNumbered(80);
  const page = await ann.open();
  const form = await openForm(page, "Task 5");
  await form.title.fill("Mine");
  await form.description.fill("A long");
  await scrollTo(page, 2500);
  await scrollTo(page, 0);
  expect(await form.title.inputValue()).toBe("Mine");
  await form.description.pressSequentially(" story");
  await ann.agent("PATCH", "/tasks/5/complete", { completed: true });
  await page.getByText("Claude Code completed “Task 5”").waitFor({ timeout: 15_000 });
  await page.getByText("This task was completed meanwhile.").waitFor();
  await page.keyboard.type(" of mine");
  expect(await form.description.inputValue()).toBe("A long story of mine");
  await form.form.getByRole("button", { name: "Save" }).click();
  await expect
    .poll(() => ann.call("GET", "/tasks/5"), POLL)
    .toMatchObject({ title: "Mine", description: "A long story of mine", completed: true });
  await expect.poll(() => form.form.count(), POLL).toBe(0);
});

test("unsaved text survives a reload of the list, in its place", async () => {
  await addNumbered(115);
  const page = await ann.open();
  await rowOf(page, "Task 1").waitFor();
  await scrollTo(page, 150);
  const form = await openForm(page, "Task 12");
  await form.title.fill("Mine");
  const before = await scrolled(page);
  const reloaded = page.waitForResponse((response) => /\/tasks\?/.test(response.url()));
  // However the polls split them, one poll has too many to announce each.
  for (let id = 92; id <= 114; id += 1) {
    await ann.agent("PATCH", `/tasks/${String(id)}`, { priority: "low" });
  }
  await reloaded;
  await page.waitForTimeout(500);
  await page.keyboard.type("!");
  expect(await form.title.inputValue()).toBe("Mine!");
  expect(await scrolled(page)).toBe(before);
});

test("unsaved text survives midnight, in its place", async () => {
  await ann.call("PATCH", "", { timezone: "Europe/Berlin" });
  await addNumbered(30);
  await ann.page.clock.install({ time: "2026-11-26T22:59:00Z" });
  const page = await ann.open();
  const form = await openForm(page, "Task 12");
  await form.title.fill("Mine");
  const before = await scrolled(page);
  const reloaded = page.waitForResponse((response) => /\/tasks\?/.test(response.url()));
  await page.clock.fastForward(90_000);
  await reloaded;
  await page.keyboard.type("!");
  expect(await form.title.inputValue()).toBe("Mine!");
  expect(await scrolled(page)).toBe(before);
});

test("another task can be opened without losing unsaved text of the first", async () => {
  await addNumbered(2);
  const page = await ann.open();
  await (await openForm(page, "Task 1")).title.fill("Mine");
  await openForm(page, "Task 2");
  await page.getByRole("button", { name: "Unsaved: “Task 1”" }).click();
  const form = page.getByRole("form", { name: "Edit Task 1" });
  expect(await form.getByLabel("Title").inputValue()).toBe("Mine");
});

test("unsaved text survives Escape, a reload, another page and another tab", async () => {
  await addNumbered(1);
  const page = await ann.open();
  const form = await openForm(page, "Task 1");
  await form.title.fill("Mine");
  await form.description.fill("And a story");
  await page.keyboard.press("Escape");
  await form.form.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("button", { name: "Unsaved: “Task 1”" }).click();
  expect(await form.title.inputValue()).toBe("Mine");
  await page.reload();
  expect(await form.description.inputValue()).toBe("And a story");
  await page.getByRole("link", { name: "Connect" }).click();
  await page.getByRole("heading", { name: "Connect an agent" }).waitFor();
  await page.goBack();
  expect(await form.title.inputValue()).toBe("Mine");
  const tab = await ann.context.newPage();
  await tab.goto("/?task=1");
  const other = tab.getByRole("form", { name: "Edit Task 1" });
  expect(await other.getByLabel("Title").inputValue()).toBe("Mine");
  await other.getByRole("button", { name: "Discard my changes" }).click();
  expect(await other.getByLabel("Title").inputValue()).toBe("Task 1");
  await tab.close();
  await form.form.getByRole("button", { name: "Save" }).click();
  await expect
    .poll(() => ann.call("GET", "/tasks/1"), POLL)
    .toMatchObject({ title: "Mine", description: "And a story" });
  expect(await page.getByRole("button", { name: /^Unsaved/ }).count()).toBe(0);
});

test("unsaved text survives the end of the session, and the person comes back to it", async () => {
  await addNumbered(1);
  const page = await ann.open();
  const form = await openForm(page, "Task 1");
  await form.title.fill("Mine");
  const cookies = await ann.context.cookies();
  await ann.context.clearCookies();
  await page.reload();
  await page.waitForURL(/sign-in/);
  expect(new URL(page.url()).searchParams.toString()).toContain("task");
  await ann.context.addCookies(cookies);
  await page.goto("/?task=1");
  expect(await form.title.inputValue()).toBe("Mine");
});

test("a long text is never cut, and is saved only when it fits", async () => {
  await addNumbered(1);
  const page = await ann.open();
  const form = await openForm(page, "Task 1");
  await form.title.fill("x".repeat(203));
  await form.form.getByText("203 of 200 characters").waitFor();
  await page.keyboard.press("Control+Enter");
  expect(await form.title.inputValue()).toHaveLength(203);
  expect(await ann.call("GET", "/tasks/1")).toMatchObject({ title: "Task 1" });
  await form.title.fill("x".repeat(200));
  await page.keyboard.press("Control+Enter");
  await expect
    .poll(() => ann.call("GET", "/tasks/1"), POLL)
    .toMatchObject({ title: "x".repeat(200) });
});

test("an edit that fails waits, with its text, to be tried again", async () => {
  await addNumbered(1);
  const page = await ann.open();
  const form = await openForm(page, "Task 1");
  await form.description.fill("A long story");
  await page.route("**/api/me/tasks/1", (route) =>
    route.request().method() === "PATCH" ? route.abort() : route.fallback(),
  );
  await page.keyboard.press("Control+Enter");
  await page.getByText("“Task 1” was not changed.").first().waitFor();
  await page.waitForTimeout(SHOWN_MS + 1000);
  await page.unroute("**/api/me/tasks/1");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect
    .poll(() => ann.call("GET", "/tasks/1"), POLL)
    .toMatchObject({ description: "A long story" });
});

test("an edit that is refused is opened again as it was written", async () => {
  await addNumbered(1);
  const page = await ann.open();
  const form = await openForm(page, "Task 1");
  await form.description.fill("A long story");
  await page.route("**/api/me/tasks/1", (route) =>
    route.request().method() === "PATCH"
      ? route.fulfill({
          status: 422,
          contentType: "application/problem+json",
          json: { type: "urn:surelist:invalid", detail: "There is no such time on that day." },
        })
      : route.fallback(),
  );
  await page.keyboard.press("Control+Enter");
  await page.getByText("There is no such time on that day.").first().waitFor();
  await page.getByRole("button", { name: "Edit again" }).click();
  expect(await form.description.inputValue()).toBe("A long story");
});

test("Ctrl+Enter saves the tag that is still being typed", async () => {
  await addNumbered(1);
  const page = await ann.open();
  const { form } = await openForm(page, "Task 1");
  await form.getByLabel("Tags").pressSequentially("home");
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => ann.call("GET", "/tasks/1"), POLL).toMatchObject({ tags: ["home"] });
  expect(await form.count()).toBe(0);
});
