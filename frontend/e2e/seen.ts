import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds on the page as it stands: nothing, that is. */
export async function complaintsOf(page: Page): Promise<string[]> {
  // Its source runs by the debugger, which no content security policy stops.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const run = (window as unknown as { axe: typeof axe }).axe.run;
    const { violations } = await run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

/** The titles that the list shows, from the top. */
export function titlesOn(page: Page): Promise<string[]> {
  return page.getByRole("list", { name: "Tasks" }).locator("[data-title]").allInnerTexts();
}

/** The row of that task, or what opens it. */
export const rowOf = (page: Page, title: string) =>
  page.getByRole("button", { name: title, exact: true });

/** How far the page is scrolled. */
export const scrolled = (page: Page) => page.evaluate(() => Math.round(window.scrollY));

/** How long to look for what comes by the feed, and how often. */
export const POLL = { timeout: 15_000, interval: 100 };
