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
