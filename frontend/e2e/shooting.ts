import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { expect } from "vitest";

import { complaintsOf } from "./seen";
import { ROOT } from "./stack";

const FOLDER = join(ROOT, "frontend/e2e/pictures");
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const LOOKS = ["light", "dark"] as const;
const MS_OF_TRANSITIONS = 500; // while something fades in, its colours are not what they will be
const MS_TO_SETTLE = 100;

/** Pictures of the page as it stands, in each size and look; axe finds nothing, and nothing is wider
 * than the screen. */
export async function take(page: Page, name: string): Promise<void> {
  for (const colorScheme of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForTimeout(MS_OF_TRANSITIONS);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await shoot(page, `${name}-${size}-${colorScheme}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, `${name}-${size}`).toBeLessThanOrEqual(viewport.width);
    }
    expect(await complaintsOf(page), `${name}-${colorScheme}`).toEqual([]);
  }
  await page.setViewportSize(SIZES.desktop);
}

/** One picture of the page as it stands. */
export async function shoot(page: Page, picture: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  // The room that is kept for a scroll bar is empty here.
  await page.evaluate(() => (document.documentElement.style.scrollbarGutter = "auto"));
  await page.waitForTimeout(MS_TO_SETTLE);
  await page.screenshot({ path: join(FOLDER, `${picture}.png`) });
}
