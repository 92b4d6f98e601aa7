import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { POLL, rowOf, titlesOn } from "./seen";

/** Longer than the pause between two polls. */
const POLL_PAUSE_MS = 6_000;

let ann: Visitor;
let streams: string[];
let reads: string[];

beforeEach(async () => {
  ann = await Visitor.withAccount();
  [streams, reads] = [[], []];
  watch(ann.context);
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

function watch(context: BrowserContext): void {
  context.on("request", (request) => {
    if (!request.url().includes("/api/me/events")) return;
    const isStream = request.headers()["accept"] === "text/event-stream";
    (isStream ? streams : reads).push(request.url());
  });
}

test("a change of an agent arrives by the stream, and nothing is polled", async () => {
  await ann.add("Buy milk");
  const page = await ann.open();
  await rowOf(page, "Buy milk").waitFor();
  await expect.poll(() => streams.length, POLL).toBe(1);
  await page.waitForTimeout(1_000);
  reads = [];
  await page.waitForTimeout(POLL_PAUSE_MS);
  expect(reads).toEqual([]);
  await ann.agent("POST", "/tasks", { title: "Call mum" });
  await rowOf(page, "Call mum").waitFor();
  await page.getByText("Claude Code added").first().waitFor();
  expect(reads.length).toBeGreaterThan(0);
  expect(streams).toHaveLength(1);
});

test("two tabs share one stream, and the second opens it when the first is closed", async () => {
  await ann.add("Buy milk");
  const first = await ann.open();
  await rowOf(first, "Buy milk").waitFor();
  await expect.poll(() => streams.length, POLL).toBe(1);
  const second = await ann.context.newPage();
  await second.goto("/");
  await rowOf(second, "Buy milk").waitFor();
  await ann.agent("POST", "/tasks", { title: "Call mum" });
  await Promise.all([first, second].map((page) => rowOf(page, "Call mum").waitFor()));
  expect(streams).toHaveLength(1);
  await first.close();
  await expect.poll(() => streams.length, POLL).toBe(2);
  await ann.agent("POST", "/tasks", { title: "Water plants" });
  await rowOf(second, "Water plants").waitFor();
});

test("changes of two windows and an agent cross", async () => {
  await ann.add("One", "Two", "Three");
  const here = await ann.open();
  const there = await ann.context.newPage();
  await there.goto("/");
  await Promise.all([here, there].map((page) => rowOf(page, "Three").waitFor()));
  await Promise.all([
    here.getByRole("checkbox", { name: /One/ }).click(),
    there.getByRole("checkbox", { name: /Two/ }).click(),
    ann.agent("PATCH", "/tasks/3", { title: "Three, said the agent" }),
  ]);
  for (const page of [here, there]) {
    await expect.poll(() => titlesOn(page), POLL).toEqual(["Three, said the agent"]);
  }
});

test("without a network nothing is lost: the page reads what it missed", async () => {
  await ann.add("Buy milk");
  const page = await ann.open();
  await rowOf(page, "Buy milk").waitFor();
  await expect.poll(() => streams.length, POLL).toBe(1);
  await ann.context.setOffline(true);
  await ann.agent("POST", "/tasks", { title: "Call mum" });
  await page.waitForTimeout(1_000);
  await ann.context.setOffline(false);
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Buy milk", "Call mum"]);
});

test("where no stream can be opened, the page polls", async () => {
  await ann.add("Buy milk");
  await ann.context.route(
    (url) => url.pathname === "/api/me/events",
    (route) =>
      route.request().headers()["accept"] === "text/event-stream"
        ? route.fulfill({ status: 503, headers: { "Retry-After": "60" } })
        : route.continue(),
  );
  const page = await ann.open();
  await rowOf(page, "Buy milk").waitFor();
  await ann.agent("POST", "/tasks", { title: "Call mum" });
  await rowOf(page, "Call mum").waitFor();
  expect(streams.length).toBeGreaterThan(0);
});

test("the activity is live too", async () => {
  const page = await ann.open("/activity");
  await page.getByText("Nothing has happened yet").waitFor();
  await expect.poll(() => streams.length, POLL).toBe(1);
  await page.waitForTimeout(1_000);
  reads = [];
  await page.waitForTimeout(POLL_PAUSE_MS);
  expect(reads).toEqual([]);
  await ann.agent("POST", "/tasks", { title: "Call mum" });
  await page.getByText("Call mum").first().waitFor();
});
