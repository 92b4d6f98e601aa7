import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { POLL, rowOf, scrolled, titlesOn } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const ENOUGH_MS = 1500;

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `Task ${String(index + 1)}`);

test("a search is typed to its end, whatever row it finds", async () => {
  await ann.add("Buy milk", "Call mum");
  const page = await ann.open();
  await rowOf(page, "Buy milk").click();
  await page.getByLabel("Title").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("buy milk");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Buy milk"]);
  await page.keyboard.type(" x");
  expect(await page.getByLabel("Search").inputValue()).toBe("buy milk x");
  await page.waitForTimeout(ENOUGH_MS);
  expect(await ann.call("GET", "/tasks/1")).toMatchObject({ status: "pending" });
});

test("keys do nothing while no row is chosen", async () => {
  await ann.add("One", "Two");
  const page = await ann.open();
  await rowOf(page, "One").waitFor();
  await page.keyboard.press("x");
  await page.keyboard.press("#");
  await page.waitForTimeout(ENOUGH_MS);
  expect(await titlesOn(page)).toEqual(["One", "Two"]);
});

test("keys act on the task that was just added", async () => {
  await ann.add("One");
  const page = await ann.open();
  await rowOf(page, "One").waitFor();
  await page.keyboard.press("n");
  await page.keyboard.type("Buy milk");
  const added = page.waitForResponse((response) => response.request().method() === "POST");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await (await added).finished();
  await page.waitForTimeout(ENOUGH_MS);
  await page.keyboard.press("x");
  await expect.poll(() => ann.call("GET", "/tasks/2"), POLL).toMatchObject({ status: "completed" });
  expect(await ann.call("GET", "/tasks/1")).toMatchObject({ status: "pending" });
});

test("a key that is held down acts once", async () => {
  await ann.add(...numbered(5));
  const page = await ann.open();
  await rowOf(page, "Task 1").waitFor();
  await page.keyboard.press("j");
  for (let times = 0; times < 4; times += 1) await page.keyboard.down("#");
  await page.keyboard.up("#");
  await page.waitForTimeout(ENOUGH_MS);
  expect(await titlesOn(page)).toEqual(numbered(5).slice(1));
});

test("typing before the form is loaded does not change the list", async () => {
  await ann.add("One", "Two");
  const page = await ann.open();
  await rowOf(page, "One").waitFor();
  await page.route("**/api/me/tasks/1", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.fallback();
  });
  await page.keyboard.press("j");
  await page.keyboard.type("ex#");
  await page.getByLabel("Title").waitFor();
  await page.waitForTimeout(ENOUGH_MS);
  expect(await ann.call("GET", "/tasks?status=pending")).toMatchObject({
    tasks: [{ title: "One" }, { title: "Two" }],
  });
});

test("the keys of the list go on beside an open form, and Escape leaves it", async () => {
  await ann.add("One", "Two");
  const page = await ann.open();
  await rowOf(page, "One").click();
  const title = page.getByLabel("Title");
  await title.waitFor();
  await page.getByText("2 open").click();
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect.poll(() => ann.call("GET", "/tasks/2"), POLL).toMatchObject({ status: "completed" });
  expect(await ann.call("GET", "/tasks/1")).toMatchObject({ status: "pending" });
  await page.getByText("1 open").click();
  await page.keyboard.press("Escape");
  await title.waitFor({ state: "detached" });
});

test("the list stays where it is read while an agent works above", async () => {
  await ann.add(...numbered(80));
  const page = await ann.open();
  await page.getByRole("checkbox", { name: "Completed: Task 2", exact: true }).click();
  await expect.poll(async () => (await titlesOn(page))[1], POLL).toBe("Task 3");
  await page.evaluate(() => window.scrollTo(0, 1200));
  await ann.agent("POST", "/tasks", { title: "Urgent", due: "2020-01-01" });
  await page.getByText("Claude Code added “Urgent”").waitFor({ timeout: 15_000 });
  await ann.agent("PATCH", "/tasks/3/complete", { completed: true });
  await page.getByText("Claude Code added 1 and completed 1 task").waitFor({ timeout: 15_000 });
  await page.waitForTimeout(500);
  expect(await scrolled(page)).toBe(1200);
});

test("a page that does not come is asked for once, and again when that is wanted", async () => {
  await ann.add(...numbered(130));
  const page = await ann.open();
  let asked = 0;
  const isNextPage = (url: URL) => url.searchParams.has("cursor");
  await page.route(isNextPage, (route) => {
    asked += 1;
    return route.fulfill({
      status: 429,
      contentType: "application/problem+json",
      headers: { "Retry-After": "1" },
      json: { type: "urn:surelist:too_many_requests", detail: "Too much is read." },
    });
  });
  await rowOf(page, "Task 1").waitFor();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const told = page.getByRole("alert").filter({ hasText: "Too much is read." });
  await told.waitFor();
  await page.waitForTimeout(ENOUGH_MS);
  expect(asked).toBe(1);
  await page.unroute(isNextPage);
  await told.getByRole("button", { name: "Try again" }).click();
  await told.waitFor({ state: "detached" });
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await rowOf(page, "Task 130").waitFor();
});

test("a tag to filter by is applied when it is whole", async () => {
  await ann.call("POST", "/tasks", { title: "Sweep", tags: ["home"] });
  await ann.call("POST", "/tasks", { title: "Write", tags: ["work"] });
  const page = await ann.open();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  const field = page.getByRole("dialog").getByLabel("Tag");
  await field.pressSequentially("wor");
  await page.waitForTimeout(ENOUGH_MS);
  expect(await titlesOn(page)).toEqual(["Sweep", "Write"]);
  await field.press("k");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Write"]);
  await field.fill("hom");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(ENOUGH_MS);
  expect(new URL(page.url()).search).toBe("?tag=work");
  await page.getByRole("button", { name: "Filter" }).first().click();
  await field.fill("hom");
  await field.press("Enter");
  await expect.poll(() => new URL(page.url()).search, POLL).toBe("?tag=hom");
});
