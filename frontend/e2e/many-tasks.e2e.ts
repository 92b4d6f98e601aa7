import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openBrowser, Person } from "./person";

const TASKS = 10_000;
const AT_ONCE = 2;
const MOST_ROWS = 200;
const LONGEST_TASK_MS = 50;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Scrolls on by screens for some seconds; the longest task of the main thread, and the most rows. */
async function scroll(page: Awaited<ReturnType<Person["open"]>>, seconds: number) {
  return page.evaluate(async (duration) => {
    const long: number[] = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) long.push(entry.duration);
    }).observe({ type: "longtask" });
    let rows = 0;
    const end = performance.now() + duration * 1000;
    while (performance.now() < end) {
      window.scrollBy(0, 400);
      await new Promise((done) => requestAnimationFrame(done));
      rows = Math.max(rows, document.querySelectorAll("ul[aria-label=Tasks] > li").length);
    }
    const shown = document.querySelector("ul[aria-label=Tasks] > li:last-child");
    return {
      longest: Math.max(0, ...long),
      rows,
      last: Number(shown?.getAttribute("aria-posinset")),
    };
  }, seconds);
}

test("10,000 tasks scroll without a long task, with few rows in the document", async () => {
  const person = new Person(browser);
  let next = 0;
  const add = async () => {
    while (next < TASKS) await person.call("POST", "/tasks", { title: `Task ${++next} of many` });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, add));
  const page = await person.open();
  await page.getByRole("button", { name: "Task 1 of many", exact: true }).waitFor();
  await page.waitForTimeout(1000);
  const { longest, rows, last } = await scroll(page, 10);
  expect(last).toBeGreaterThan(1000);
  expect(rows).toBeLessThan(MOST_ROWS);
  expect(longest).toBeLessThanOrEqual(LONGEST_TASK_MS);
}, 600_000);
