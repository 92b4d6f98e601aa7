import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";

import { closeBrowser } from "./browser";
import { somebodyWith } from "./lengthening";
import { rowOf } from "./seen";

const TASKS = 2000;
const VISITS = 5;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const MS_OF_AN_INTERACTION = 16; // the least that browsers report

afterAll(closeBrowser);

declare global {
  interface Window {
    paints: number[];
    interactions: { name: string; duration: number }[];
  }
}

/** Notes the largest contentful paints and the interactions of each page, as browsers report them. */
function observe(least: number): void {
  window.paints = [];
  window.interactions = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.paints.push(entry.startTime);
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { name, duration } = entry;
      if ("interactionId" in entry && entry.interactionId) {
        window.interactions.push({ name, duration });
      }
    }
  }).observe({
    type: "event",
    buffered: true,
    durationThreshold: least,
  } as PerformanceObserverInit);
}

/** What a person does in a minute: write, tick, open, change, search, filter, go elsewhere. */
async function use(page: Page): Promise<void> {
  const add = page.getByLabel("Add a task");
  for (const title of ["Call the plumber", "Buy stamps", "Write to Eva"]) {
    await add.click();
    await page.keyboard.type(title);
    await page.keyboard.press("Enter");
    await page.waitForTimeout(500);
  }
  for (let number = 0; number < 5; number += 1) {
    await page
      .getByRole("checkbox", { name: /^Completed: / })
      .first()
      .click();
    await page.waitForTimeout(400);
  }
  await rowOf(page, "Task 9 of many").first().click();
  await page.getByLabel("Description").click();
  await page.keyboard.type("About the summer.");
  await page.keyboard.press("Escape");
  await page.waitForTimeout(500);
  await page.keyboard.press("/");
  await page.keyboard.type("Task 7");
  await page.waitForTimeout(800);
  await page.keyboard.press("Escape");
  for (let number = 0; number < 10; number += 1) await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.waitForTimeout(800);
}

const DEVICES: [string, number, BrowserContextOptions][] = [
  ["desktop", 1, {}],
  ["phone with a processor 4 times slower", 4, PHONE],
];

test.each(DEVICES)("2,000 tasks are shown and react: %s", async (name, slower, options) => {
  const busy = await somebodyWith(TASKS, options);
  const { page } = busy;
  await page.addInitScript(observe, MS_OF_AN_INTERACTION);
  const debug = await busy.context.newCDPSession(page);
  await debug.send("Emulation.setCPUThrottlingRate", { rate: slower });
  const paints: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    await busy.open();
    await rowOf(page, "Task 1 of many").first().waitFor();
    await page.waitForTimeout(1000);
    paints.push((await page.evaluate(() => window.paints.at(-1))) ?? 0);
  }
  await use(page);
  const interactions = await page.evaluate(() => window.interactions);
  const slowest = interactions.sort((a, b) => b.duration - a.duration).slice(0, 3);
  console.info(
    `${name}: LCP ${paints.map(Math.round).join(", ")} ms, slowest interactions ` +
      slowest.map(({ name: event, duration }) => `${event} ${String(duration)} ms`).join(", "),
  );
  expect(Math.min(...paints)).toBeGreaterThan(0);
  expect(interactions.length).toBeGreaterThan(0);
  await busy.leave();
});
