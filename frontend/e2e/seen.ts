import axe from "axe-core";
import type { Frame, Page } from "playwright-core";

/** The problems that axe finds on the current page, or in a frame of it. */
export async function complaintsOf(page: Page | Frame): Promise<string[]> {
  // Injected by the debugger, which the content security policy does not restrict.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const run = (window as unknown as { axe: typeof axe }).axe.run;
    const { violations } = await run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

/** The titles in the list, from the top. */
export function titlesOn(page: Page): Promise<string[]> {
  return page.getByRole("list", { name: "Tasks" }).locator("[data-title]").allInnerTexts();
}

/** The row of that task, or the element that opens it. */
export const rowOf = (page: Page, title: string) =>
  page.getByRole("button", { name: title, exact: true });

/** The scroll position of the page. */
export const scrolled = (page: Page) => page.evaluate(() => Math.round(window.scrollY));

/** Timeout and interval for waiting for changes from the feed. */
export const POLL = { timeout: 15_000, interval: 100 };
