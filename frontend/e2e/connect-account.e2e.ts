import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { complaintsOf, openBrowser, Person } from "./person";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test("a connected agent is shown with what it did, and revoked when that is confirmed", async () => {
  const person = new Person(browser);
  await person.agent("POST", "/tasks", { title: "From afar" });
  const page = await person.open("/connect");
  await page.getByText("Claude Code added “From afar”").waitFor();
  expect(await complaintsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "Revoke Claude Code" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("1 revoked").waitFor();
  await expect
    .poll(
      () =>
        person.agent("GET", "/tasks").then(
          () => "answered",
          (error: unknown) => String(error),
        ),
      { timeout: 15_000, interval: 500 },
    )
    .toContain("401");
});

test("every program is told the address, and those that need a public one say so", async () => {
  const page = await new Person(browser).open("/connect");
  for (const name of ["Claude", "ChatGPT", "VS Code", "Cursor", "Codex", "Others"]) {
    await page.getByRole("tab", { name, exact: true }).click();
    await page.getByRole("tabpanel").waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    const warned = await page.getByText("needs a public HTTPS address").isVisible();
    expect(warned).toBe(["Claude", "ChatGPT"].includes(name));
  }
});

test("a key is shown once, works, and is listed with its end", async () => {
  const person = new Person(browser);
  const page = await person.open("/connect");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("Name").fill("Nightly");
  await page.getByLabel("It may").selectOption("read");
  await page.getByRole("button", { name: "Make the key" }).click();
  const token = await page.getByRole("dialog").locator("pre").innerText();
  const api = process.env["SURELIST_URL"] ?? "http://localhost:8000";
  const headers = { Authorization: `Bearer ${token.trim()}` };
  expect((await fetch(`${api}/api/me/tasks`, { headers })).status).toBe(200);
  const json = { ...headers, "Content-Type": "application/json" };
  const post = { method: "POST", headers: json, body: JSON.stringify({ title: "No" }) };
  expect((await fetch(`${api}/api/me/tasks`, post)).status).toBe(403);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByText("Good until").waitFor();
  expect(await page.content()).not.toContain(token.trim());
});

test("a new list takes the browser's time zone, and another one can be chosen", async () => {
  const person = new Person(browser);
  await person.open("/");
  await expect
    .poll(() => person.call("GET", ""), { timeout: 15_000 })
    .toMatchObject({ timezone: "Europe/Berlin" });
  const page = await person.open("/account");
  await page.getByLabel("Time zone").selectOption("Asia/Tokyo");
  await page.getByRole("button", { name: "Use Europe/Berlin" }).waitFor();
  expect(await person.call("GET", "")).toMatchObject({ timezone: "Asia/Tokyo" });
  expect(await complaintsOf(page)).toEqual([]);
});

test("the export is downloaded, and erasing needs the word typed", async () => {
  const person = new Person(browser);
  await person.call("POST", "/tasks", { title: "Mine" });
  const page = await person.open("/account");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the export" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^surelist-.*\.json$/);
  await page.getByRole("button", { name: "Erase everything" }).click();
  const dialog = page.getByRole("dialog");
  const erase = dialog.getByRole("button", { name: "Erase everything" });
  expect(await erase.isDisabled()).toBe(true);
  await dialog.getByLabel("Type “erase” to go on").fill("erase");
  const answer = page.waitForResponse((one) => one.request().method() === "DELETE");
  await erase.click();
  expect((await answer).status()).toBe(204);
});
