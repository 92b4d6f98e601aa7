import type { Browser, Page } from "playwright-core";
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

/** Scrolls on by half screens for some seconds; the most rows that the document had, and the last. */
function scroll(page: Page, seconds: number) {
  return page.evaluate(async (duration) => {
    let rows = 0;
    const end = performance.now() + duration * 1000;
    while (performance.now() < end) {
      window.scrollBy(0, 400);
      await new Promise((done) => requestAnimationFrame(done));
      rows = Math.max(rows, document.querySelectorAll("ul[aria-label=Tasks] > li").length);
    }
    const last = document.querySelector("ul[aria-label=Tasks] > li:last-child");
    return { rows, last: Number(last?.getAttribute("aria-posinset")) };
  }, seconds);
}

type Entry = {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  tdur?: number;
  args: { name?: string };
};

/** Processor time of the page's longest task, in milliseconds: what other programs take from this
 * machine is not in it. Leaves out the first moments, in which tracing itself starts. */
function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: Entry[] };
  const threads = traceEvents.filter(({ args }) => args.name === "CrRendererMain");
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) =>
      name === "RunTask" && threads.some((thread) => thread.pid === pid && thread.tid === tid),
  );
  const start = Math.min(...tasks.map(({ ts }) => ts));
  const later = tasks.filter(({ ts }) => ts > start + 1_000_000);
  return Math.max(...later.map(({ tdur }) => (tdur ?? 0) / 1000));
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
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline"] });
  await page.waitForTimeout(1200);
  const { rows, last } = await scroll(page, 10);
  const longest = longestTask(await browser.stopTracing());
  console.info(`10,000 tasks: ${rows} rows, ${longest.toFixed(0)} ms at most, to row ${last}`);
  expect(last).toBeGreaterThan(500);
  expect(rows).toBeLessThan(MOST_ROWS);
  expect(longest).toBeLessThanOrEqual(LONGEST_TASK_MS);
}, 600_000);
