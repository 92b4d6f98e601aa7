import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { titlesOn } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const POLL = { timeout: 15_000, interval: 100 };
const ENOUGH_MS = 1500;

async function add(...titles: string[]): Promise<void> {
  for (const title of titles) await ann.call("POST", "/tasks", { title });
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `Task ${String(index + 1)}`);
const rowOf = (page: Page, title: string) => page.getByRole("button", { name: title, exact: true });

test("a page that does not come is asked for once, and again when that is wanted", async () => {
  await add(...numbered(130));
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
  await expect.poll(() => new URL(page.url()).search, POLL).toBe("?tag=hom");
});
