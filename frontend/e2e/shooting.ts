import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { expect } from "vitest";

import { complaintsOf } from "./seen";
import { ROOT } from "./stack";

const FOLDER = join(ROOT, "frontend/e2e/pictures");
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const LOOKS = ["light", "dark"] as const;
const MS_OF_TRANSITIONS = 500; // colours are wrong during a fade-in
const MS_TO_SETTLE = 100;

/** Takes pictures of the current page in each size and theme, and expects no problem from axe and
 * no horizontal overflow. */
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

/** One picture of the current page. */
export async function shoot(page: Page, picture: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  // Removes the empty gutter of the scroll bar.
  await page.evaluate(() => (document.documentElement.style.scrollbarGutter = "auto"));
  await page.waitForTimeout(MS_TO_SETTLE);
  await page.screenshot({ path: join(FOLDER, `${picture}.png`) });
}
