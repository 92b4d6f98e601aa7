import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { complaintsOf, POLL, rowOf, titlesOn } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `Task ${String(index + 1)}`);

/** The agent completes the first tasks and deletes those after them. */
async function sweep(completed: number, deleted: number): Promise<void> {
  for (let task = 1; task <= completed; task += 1) {
    await ann.agent("PATCH", `/tasks/${String(task)}/complete`, { completed: true });
  }
  for (let task = completed + 1; task <= completed + deleted; task += 1) {
    await ann.agent("DELETE", `/tasks/${String(task)}`);
  }
}

const kept = () => ann.call("GET", "/tasks") as Promise<{ tasks: unknown[] }>;
const notice = (page: Page) => page.getByRole("article", { name: "Claude Code" });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

test("an agent's sweep raises one notice, which undoes all of it with one press", async () => {
  await ann.add(...numbered(12));
  const page = await ann.open();
  await rowOf(page, "Task 12").waitFor();
  await sweep(4, 8);
  await page.getByText("Claude Code completed 4 and deleted 8 tasks").waitFor();
  expect(await page.getByRole("article").count()).toBe(1);
  expect(await complaintsOf(page)).toEqual([]);
  await notice(page).getByRole("button", { name: "Undo all" }).click();
  await page.getByText("12 changes were undone", { exact: true }).waitFor();
  await expect.poll(async () => (await kept()).tasks.length, POLL).toBe(12);
  await expect.poll(() => titlesOn(page), POLL).toHaveLength(12);
  expect(await page.getByRole("article").count()).toBe(0);
});

test("u offers an agent's last change when the person has nothing to undo", async () => {
  await ann.agent("POST", "/tasks", { title: "Buy milk" });
  const page = await ann.open();
  await rowOf(page, "Buy milk").waitFor();
  await page.keyboard.press("u");
  const offer = "Nothing of yours is left to undo. Claude Code added “Buy milk”";
  await page.getByText(offer).first().waitFor();
  expect(await titlesOn(page)).toEqual(["Buy milk"]);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect.poll(() => titlesOn(page), POLL).toEqual([]);
});

test("a sweep is reviewed in the activity, undone by one press, and the undo is undone", async () => {
  await ann.add(...numbered(4));
  const page = await ann.open();
  await rowOf(page, "Task 4").waitFor();
  await sweep(2, 2);
  await notice(page).getByRole("link", { name: "Review" }).click();
  await page.getByRole("heading", { name: "Activity" }).waitFor();
  await button(page, "Review: Claude Code completed 2 and deleted 2 tasks").click();
  await page.getByRole("link", { name: "“Task 3”" }).waitFor();
  await button(page, "Undo all: Claude Code completed 2 and deleted 2 tasks").click();
  await page.getByText("4 changes were undone", { exact: true }).waitFor();
  await expect.poll(async () => (await kept()).tasks.length, POLL).toBe(4);
  await button(page, "Show everything").click();
  await button(page, "Undo all: You undid 4 changes").click();
  await expect.poll(async () => (await kept()).tasks.length, POLL).toBe(2);
});

test("filters live in the address, and Back takes them back", async () => {
  await ann.add("Mine");
  await ann.agent("POST", "/tasks", { title: "Theirs" });
  await ann.agent("DELETE", "/tasks/2");
  const page = await ann.open("/activity");
  const mine = page.getByText("added 1 task and made 1 change of agents and the account");
  await mine.waitFor();
  await page.getByLabel("Kind of change").selectOption("Deleted");
  await mine.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "“Theirs”" }).waitFor();
  expect(new URL(page.url()).search).toBe("?kind=deleted");
  await page.getByLabel("Author").selectOption("You");
  await page.getByText("No change fits the filter.").waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "“Theirs”" }).waitFor();
  await page.goBack();
  await mine.waitFor();
  await page.goForward();
  await mine.waitFor({ state: "detached" });
  await page.goto("/activity?day=2020-01-01");
  await page.getByText("No change fits the filter.").waitFor();
});

test("a conflict is explained field by field, and nothing is lost", async () => {
  await ann.add("Milk");
  await ann.agent("PATCH", "/tasks/1", { title: "Oat milk" });
  await ann.call("PATCH", "/tasks/1", { title: "Soy milk" });
  const page = await ann.open("/activity?task=1&actor=agent");
  await button(page, /^Undo: Claude Code/).click();
  await page
    .getByText(
      "Title was changed since by you: it is now “Soy milk”. Undoing would put back “Milk”.",
    )
    .waitFor();
  expect(await ann.call("GET", "/tasks/1")).toMatchObject({ title: "Soy milk" });
});

test("the trash shows who deleted each task, and how long it is kept", async () => {
  await ann.add("Milk", "Eggs");
  await ann.agent("DELETE", "/tasks/1");
  await ann.call("DELETE", "/tasks/2");
  const page = await ann.open("/?view=deleted");
  await page.getByText(/^Deleted by Claude Code, kept until \d/).waitFor();
  await page.getByText(/^Deleted by you, kept until \d/).waitFor();
  expect(await titlesOn(page)).toEqual(["Eggs", "Milk"]);
});

test("everything by an agent since a time is shown before it is undone", async () => {
  await ann.add("Mine");
  await ann.agent("PATCH", "/tasks/1", { title: "Spoilt" });
  await ann.agent("POST", "/tasks", { title: "Spam" });
  await ann.agent("POST", "/tasks", { title: "Kept" });
  await ann.call("PATCH", "/tasks/3", { title: "Kept by me" });
  const page = await ann.open("/activity");
  await page.getByLabel("Author").selectOption("Claude Code");
  await button(page, "Undo everything by Claude Code…").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("2 changes would be undone, 1 change would be left").waitFor();
  await dialog.getByText("Added “Kept by me” (title)").waitFor();
  expect(await ann.call("GET", "/tasks/1")).toMatchObject({ title: "Spoilt" });
  expect(await complaintsOf(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Undo 2" }).click();
  await expect.poll(() => ann.call("GET", "/tasks/1"), POLL).toMatchObject({ title: "Mine" });
  await expect.poll(() => ann.call("GET", "/tasks/2"), POLL).toMatchObject({ status: "deleted" });
});

test("the history of a task is in its panel, with keys alone, and each change can be undone", async () => {
  await ann.agent("POST", "/tasks", { title: "Milk" });
  await ann.call("PATCH", "/tasks/1", { title: "Oat milk", description: "a".repeat(300) });
  const page = await ann.open("/?task=1");
  const history = page.getByRole("region", { name: "History" });
  await history.getByText("Claude Code added this task").waitFor();
  await history.getByRole("button", { name: "Show all" }).press("Enter");
  await history.getByText("a".repeat(300)).waitFor();
  await history.getByRole("button", { name: /^Undo: You changed/ }).press("Enter");
  await expect.poll(() => ann.call("GET", "/tasks/1"), POLL).toMatchObject({ title: "Milk" });
  await history.getByText("You undid a change of this task").waitFor();
});

test.each(["light", "dark"] as const)("the %s activity fits a phone", async (colorScheme) => {
  await ann.add("A title of one word that does not end: " + "a".repeat(120), ...numbered(4));
  await sweep(2, 2);
  await ann.agent("PATCH", "/tasks/5", { title: "مهمة", due: "2026-12-24T10:00", tags: ["home"] });
  await ann.call("DELETE", "/tasks/5");
  const { page } = ann;
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    await page.goto("/activity");
    await button(page, /^Review: Claude Code/)
      .first()
      .click();
    await page.waitForTimeout(500); // colours are wrong during a fade-in
    const beyond = () =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await page.evaluate(beyond)).toBeLessThanOrEqual(0);
    expect(await complaintsOf(page)).toEqual([]);
  }
});
