import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const POLL = { timeout: 15_000, interval: 100 };

async function addNumbered(count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    await ann.call("POST", "/tasks", { title: `Task ${String(number)}` });
  }
}

const rowOf = (page: Page, title: string) => page.getByRole("button", { name: title, exact: true });

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

test("Ctrl+Enter saves the tag that is still being typed", async () => {
  await addNumbered(1);
  const page = await ann.open();
  const { form } = await openForm(page, "Task 1");
  await form.getByLabel("Tags").pressSequentially("home");
  await page.keyboard.press("Control+Enter");
  await expect.poll(() => ann.call("GET", "/tasks/1"), POLL).toMatchObject({ tags: ["home"] });
  expect(await form.count()).toBe(0);
});
