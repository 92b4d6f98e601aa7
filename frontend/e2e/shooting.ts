import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { expect } from "vitest";

import { complaintsOf } from "./seen";
import { ROOT } from "./stack";

const FOLDER = join(ROOT, "frontend/e2e/pictures");
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
/** The narrowest phone, 400% and 200% zoom of a window of 1280 by 1024, and a wide screen. */
const OTHER_SIZES = [
  { width: 320, height: 568 },
  { width: 320, height: 256 },
  { width: 640, height: 512 },
  { width: 1920, height: 1080 },
];
const LOOKS = ["light", "dark"] as const;
const MS_OF_TRANSITIONS = 500; // colours are wrong during a fade-in
const MS_TO_SETTLE = 100;

/** Takes pictures of the current page in each theme. Expects no problem from axe and no horizontal
 * overflow, in these sizes and, without pictures, in others. */
export async function take(page: Page, name: string): Promise<void> {
  for (const colorScheme of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForTimeout(MS_OF_TRANSITIONS);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await shoot(page, `${name}-${size}-${colorScheme}`);
      await expectNoComplaint(page, `${name}-${size}-${colorScheme}`);
    }
  }
  for (const viewport of OTHER_SIZES) {
    await page.setViewportSize(viewport);
    await page.waitForTimeout(MS_TO_SETTLE);
    await expectNoComplaint(page, `${name}-${String(viewport.width)}-${String(viewport.height)}`);
  }
  await page.setViewportSize(SIZES.desktop);
}

async function expectNoComplaint(page: Page, name: string): Promise<void> {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, name).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
  expect(await complaintsOf(page), name).toEqual([]);
}

/** One picture of the current page. */
export async function shoot(page: Page, picture: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  // Removes the empty gutter of the scroll bar.
  await page.evaluate(() => (document.documentElement.style.scrollbarGutter = "auto"));
  await page.waitForTimeout(MS_TO_SETTLE);
  await page.screenshot({ path: join(FOLDER, `${picture}.png`) });
}
