import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";

import { closeBrowser, theBrowser } from "./browser";
import { somebodyWith } from "./lengthening";

const TASKS = 10_000;
const MOST_ROWS = 200;
const LONGEST_TASK_MS = 50;

afterAll(closeBrowser);

/** Scrolls by half screens for some seconds. Returns the most rows at once, and the last row. */
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

/** CPU time of the page's longest task, in milliseconds, which other programs do not affect.
 * Ignores the first moments, in which tracing starts. */
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
  const busy = await somebodyWith(TASKS);
  expect(await busy.call("GET", "")).toMatchObject({ pending: TASKS });
  const page = await busy.open();
  await page.getByRole("button", { name: "Task 1 of many", exact: true }).first().waitFor();
  await page.waitForTimeout(1000);
  const browser = await theBrowser();
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline"] });
  await page.waitForTimeout(1200);
  const { rows, last } = await scroll(page, 6);
  const longest = longestTask(await browser.stopTracing());
  console.info(`10,000 tasks: ${rows} rows, ${longest.toFixed(0)} ms at most, to row ${last}`);
  expect(last).toBeGreaterThan(300);
  expect(rows).toBeLessThan(MOST_ROWS);
  expect(longest).toBeLessThanOrEqual(LONGEST_TASK_MS);
  await busy.leave();
});
