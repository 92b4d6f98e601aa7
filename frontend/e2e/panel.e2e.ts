import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { POLL, rowOf, scrolled, titlesOn } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `Task ${String(index + 1)}`);

const form = (page: Page, title: string) => page.getByRole("form", { name: `Edit ${title}` });
const search = (page: Page) => new URL(page.url()).search;

test("a task has an address, which opens it in the trash too", async () => {
  await ann.add("One", "Two");
  await ann.call("DELETE", "/tasks/2");
  const page = await ann.open("/?task=1");
  await form(page, "One").waitFor();
  await page.keyboard.press("Escape");
  await form(page, "One").waitFor({ state: "detached" });
  expect(search(page)).toBe("");
  await page.goto("/?view=deleted");
  await rowOf(page, "Two").click();
  await page.getByText("This task is in the trash.").waitFor();
  expect(search(page)).toBe("?view=deleted&task=2");
  expect(await page.getByLabel("Title").isDisabled()).toBe(true);
  await form(page, "Two").getByRole("button", { name: "Restore" }).click();
  await expect.poll(() => ann.call("GET", "/tasks/2"), POLL).toMatchObject({ status: "pending" });
  await expect.poll(() => page.getByLabel("Title").isDisabled(), POLL).toBe(false);
});

test("a task that is not there says so and can be closed", async () => {
  await ann.add("One");
  const page = await ann.open("/?task=99");
  await page.getByRole("complementary", { name: "Task" }).getByRole("alert").waitFor();
  await page.getByRole("button", { name: "Close the task" }).click();
  await page.getByRole("complementary", { name: "Task" }).waitFor({ state: "detached" });
});

test("Back closes the task and Forward opens it, also after another page", async () => {
  await ann.add("One", "Two");
  const page = await ann.open();
  await rowOf(page, "One").click();
  await form(page, "One").waitFor();
  await page.goBack();
  await form(page, "One").waitFor({ state: "detached" });
  await page.goForward();
  await form(page, "One").waitFor();
  await page.getByRole("link", { name: "Connect" }).click();
  await page.getByRole("heading", { name: "Connect an agent" }).waitFor();
  await page.goBack();
  await form(page, "One").waitFor();
  await page.keyboard.press("Escape");
  await form(page, "One").waitFor({ state: "detached" });
  expect(search(page)).toBe("");
  await rowOf(page, "Two").click();
  await form(page, "Two").waitFor();
  await rowOf(page, "One").click();
  await form(page, "One").waitFor();
  await page.getByRole("button", { name: "Close the task" }).click();
  await form(page, "One").waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("One");
});

test("on a phone the task takes the window, and the list keeps its place behind it", async () => {
  await ann.add(...numbered(60));
  await ann.page.setViewportSize({ width: 390, height: 844 });
  const page = await ann.open();
  await rowOf(page, "Task 1").waitFor();
  await page.evaluate(() => window.scrollTo(0, 900));
  await rowOf(page, "Task 30").click();
  const dialog = page.getByRole("dialog", { name: "Task" });
  await form(page, "Task 30").waitFor();
  expect(await dialog.boundingBox()).toMatchObject({ x: 0, y: 0, height: 844 });
  expect(await page.locator("[inert]").getByRole("list", { name: "Tasks" }).count()).toBe(1);
  await page.goBack();
  await dialog.waitFor({ state: "detached" });
  expect(await scrolled(page)).toBe(900);
  const bar = await page.getByLabel("Add a task").boundingBox();
  expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBeLessThanOrEqual(100);
  await page.getByLabel("Add a task").fill("Phone the doctor");
  const typed = await page.getByLabel("Add a task").boundingBox();
  expect(typed?.width).toBeGreaterThan(200);
  const top = await page.locator("form").first().boundingBox();
  expect((top?.y ?? 0) + (top?.height ?? 0)).toBeLessThanOrEqual(100);
});

test("the chat and a task share the place beside the list", async () => {
  await ann.add("One");
  const page = await ann.open("/?chat=new");
  await rowOf(page, "One").click();
  await form(page, "One").waitFor();
  await page.keyboard.press("Escape");
  await form(page, "One").waitFor({ state: "detached" });
  expect(search(page)).toBe("?chat=new");
  await page.getByRole("complementary", { name: "Chat" }).waitFor();
});

test("a tick near the lower edge moves nothing, and a double click completes one task", async () => {
  await ann.add(...numbered(60));
  const page = await ann.open();
  await rowOf(page, "Task 1").waitFor();
  const boxes = page.getByRole("checkbox");
  const places = await Promise.all((await boxes.all()).map((box) => box.boundingBox()));
  const low = places.findLastIndex((place) => place !== null && place.y < 690);
  const place = places[low];
  if (!place) throw new Error("no row near the lower edge");
  const [x, y] = [place.x + 10, place.y + 10];
  await page.mouse.click(x, y);
  await page.waitForTimeout(400);
  expect(await scrolled(page)).toBe(0);
  await page.waitForTimeout(1500);
  const left = await titlesOn(page);
  expect(left).not.toContain(`Task ${String(low + 1)}`);
  await page.mouse.dblclick(x, y, { delay: 0 });
  await page.waitForTimeout(2500);
  expect(await scrolled(page)).toBe(0);
  const next = left[low];
  expect(await ann.call("GET", "/tasks?status=completed")).toMatchObject({
    tasks: [{ title: `Task ${String(low + 1)}` }, { title: next }],
  });
});

test("opening a task does not move the rows under the pointer", async () => {
  await ann.add(...numbered(20));
  const page = await ann.open();
  const row = rowOf(page, "Task 9");
  const before = await row.boundingBox();
  await row.click();
  await form(page, "Task 9").waitFor();
  const after = await row.boundingBox();
  expect([after?.x, after?.y]).toEqual([before?.x, before?.y]);
});

test("adding a task does not scroll the list, and offers to show it", async () => {
  await ann.add(...numbered(60));
  const page = await ann.open();
  await rowOf(page, "Task 1").waitFor();
  await page.getByLabel("Add a task").fill("Far below");
  await page.keyboard.press("Enter");
  await page.getByText("Added “Far below”").first().waitFor();
  expect(await scrolled(page)).toBe(0);
  await page.getByRole("button", { name: "Show" }).click();
  await rowOf(page, "Far below").waitFor();
});

/** Whether some part of the focused element can be seen; else its HTML. */
const focusIsSeen = (page: Page) =>
  page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return true;
    const box = focused.getBoundingClientRect();
    const [from, to] = [Math.max(box.top, 0), Math.min(box.bottom, window.innerHeight)];
    const x = box.left + Math.min(box.width / 2, 20);
    const places = [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => from + (to - from) * part);
    const seen = places.some((y) => focused.contains(document.elementFromPoint(x, y)));
    return to > from && seen ? true : focused.outerHTML;
  });

test("the focus is never hidden, at 100%, 200% and 400%", async () => {
  await ann.add(...numbered(40));
  await ann.call("PATCH", "/tasks/3", { description: "A line\n".repeat(30), tags: ["home"] });
  for (const [width, height] of [
    [1280, 800],
    [640, 400],
    [320, 200],
    [390, 844],
  ] as const) {
    await ann.page.setViewportSize({ width, height });
    const page = await ann.open();
    await rowOf(page, "Task 1").waitFor();
    await page.evaluate(() => window.scrollTo(0, 500));
    for (let press = 0; press < 25; press += 1) {
      await page.keyboard.press("Tab");
      expect(await focusIsSeen(page), `list ${String(width)} ${String(press)}`).toBe(true);
    }
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press("Shift+Tab");
      expect(await focusIsSeen(page), `back ${String(width)} ${String(press)}`).toBe(true);
    }
    await page.goto("/?task=3");
    await form(page, "Task 3").waitFor();
    expect(await focusIsSeen(page), `title ${String(width)}`).toBe(true);
    for (let press = 0; press < 14; press += 1) {
      await page.keyboard.press("Tab");
      expect(await focusIsSeen(page), `panel ${String(width)} ${String(press)}`).toBe(true);
    }
    for (let press = 0; press < 14; press += 1) {
      await page.keyboard.press("Shift+Tab");
      expect(await focusIsSeen(page), `panel back ${String(width)} ${String(press)}`).toBe(true);
    }
  }
}, 120_000);

test("a row under the bar is scrolled into view when it gets the focus", async () => {
  await ann.add(...numbered(60));
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const) {
    await ann.page.setViewportSize({ width, height });
    const page = await ann.open();
    const row = rowOf(page, "Task 1");
    await row.waitFor();
    const box = await row.boundingBox();
    await page.getByRole("button", { name: "Filter", exact: true }).focus();
    await page.evaluate((top) => window.scrollTo(0, top), (box?.y ?? 0) - 20);
    await page.keyboard.press("Tab");
    expect(await focusIsSeen(page), `tick ${String(width)}`).toBe(true);
    await page.evaluate((top) => window.scrollTo(0, top), (box?.y ?? 0) - 20);
    await page.keyboard.press("Tab");
    const hasFocus = () => row.evaluate((shown) => shown.contains(document.activeElement));
    expect([await hasFocus(), await focusIsSeen(page)], String(width)).toEqual([true, true]);
  }
});

test("the page shows what others wrote in the direction of its letters", async () => {
  await ann.add("שלום (world)!");
  const page = await ann.open();
  const title = page.locator("[data-title]");
  await title.waitFor();
  expect(await title.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
});
