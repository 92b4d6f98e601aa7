import type { Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { POLL, rowOf, titlesOn } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

type Events = { events: { kind: string; task_id: number; after?: object }[] };

/** The changes of tasks in the ledger, the oldest first, without the tasks that were there before. */
async function changes(): Promise<string[]> {
  const { events } = (await ann.agent("GET", "/events?limit=200")) as Events;
  return events
    .filter(({ task_id, kind }) => task_id > 3 || (task_id > 0 && kind !== "created"))
    .map(({ kind, task_id, after }) => {
      const fields = kind === "updated" ? ` ${Object.keys(after ?? {}).join()}` : "";
      return `${kind} ${String(task_id)}${fields}`;
    })
    .sort();
}

const EACH_ONCE = ["created 4", "deleted 2", "updated 1 completed", "updated 3 title"];

const kept = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(".command.")).length);

/** Calls `handle` with each change that the page sends. */
const onChange = (page: Page, handle: (route: Route) => Promise<unknown>) =>
  page.route("**/api/me/tasks**", (route) =>
    route.request().method() === "GET" ? route.fallback() : handle(route),
  );

/** The server answers no change until the returned function is called. */
async function holdChanges(page: Page): Promise<() => void> {
  let held = true;
  await onChange(page, (route) => (held ? new Promise(() => undefined) : route.fallback()));
  return () => void (held = false);
}

/** Edits, completes, deletes and adds, each once the one before is kept. */
async function changeAll(page: Page, without: () => Promise<unknown>): Promise<void> {
  await rowOf(page, "Three").click();
  await page.getByLabel("Title").fill("Three and a half");
  await without();
  await page.keyboard.press("Enter");
  await page.getByRole("form", { name: "Edit Three" }).waitFor({ state: "detached" });
  await expectKept(page, "edit");
  await page.getByRole("checkbox", { name: "Completed: One" }).click();
  await expectKept(page, "complete", "edit");
  await page.getByRole("button", { name: "Delete Two" }).click();
  await expectKept(page, "complete", "delete", "edit");
  const field = page.getByLabel("Add a task");
  await field.fill("Four");
  await field.press("Enter");
  await expectKept(page, "add", "complete", "delete", "edit");
}

/** Expects commands of these kinds to be kept in the browser. */
async function expectKept(page: Page, ...kinds: string[]): Promise<void> {
  const kindsIn = () =>
    page.evaluate(() =>
      Object.keys(localStorage)
        .filter((key) => key.includes(".command."))
        .map((key) => (JSON.parse(localStorage.getItem(key) ?? "{}") as { kind: string }).kind)
        .sort(),
    );
  await expect.poll(kindsIn, POLL).toEqual(kinds);
}

async function expectEachOnce(page: Page): Promise<void> {
  await expect.poll(changes, POLL).toEqual(EACH_ONCE);
  await expect.poll(() => kept(page), POLL).toBe(0);
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Three and a half", "Four"]);
  await page.waitForTimeout(1500);
  expect(await changes()).toEqual(EACH_ONCE);
}

test("changes without a network are made once, after the page is opened again", async () => {
  await ann.add("One", "Two", "Three");
  const page = await ann.open();
  await changeAll(page, () => ann.context.setOffline(true));
  await page.getByText("Offline: 4 changes wait.").waitFor();
  await page.close();
  await ann.context.setOffline(false);
  expect(await changes()).toEqual([]);
  const again = await ann.context.newPage();
  await again.goto("/");
  await expectEachOnce(again);
});

test("changes to a server that is away are made once, after a reload", async () => {
  await ann.add("One", "Two", "Three");
  const page = await ann.open();
  await changeAll(page, () => onChange(page, (route) => route.abort()));
  // Also when the page has given up.
  await page.getByText("“Four” was not added.").first().waitFor(POLL);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.reload();
  await expectEachOnce(page);
});

test("changes whose answers are lost are made once, after a reload", async () => {
  await ann.add("One", "Two", "Three");
  const page = await ann.open();
  await changeAll(page, () =>
    onChange(page, async (route) => {
      await route.fetch();
      await new Promise(() => undefined); // the page waits for the answer
    }),
  );
  await expect.poll(changes, POLL).toEqual(EACH_ONCE);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.reload();
  await expectEachOnce(page);
});

test("a change is sent by the tab in which it was made, and by another one when that is closed", async () => {
  await ann.add("One");
  const other = await ann.context.newPage();
  await other.goto("/");
  await rowOf(other, "One").waitFor();
  await holdChanges(other);
  await other.getByLabel("Add a task").fill("Four");
  await other.keyboard.press("Enter");
  await expect.poll(() => kept(other), POLL).toBe(1);
  const sent: string[] = [];
  ann.page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/api/me/tasks"))
      sent.push(request.headers()["idempotency-key"] ?? "");
  });
  const page = await ann.open();
  await rowOf(page, "One").waitFor();
  await page.waitForTimeout(2000);
  expect(sent).toEqual([]);
  await other.close();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["One", "Four"]);
  expect(sent).toHaveLength(1);
  expect(await kept(page)).toBe(0);
});

test("a task that is refused after a reload is told each time, until its person writes it again", async () => {
  await ann.call("PATCH", "", { timezone: "Europe/Berlin" });
  const page = await ann.open();
  await page.getByText("One list, for you and your agents").waitFor();
  const answer = await holdChanges(page);
  await page.getByLabel("Add a task").fill("Turn the clocks");
  await page.getByRole("button", { name: "Due", exact: true }).click();
  // That night, this hour is left out.
  await page.getByLabel("Due day").fill("2027-03-28");
  await page.getByLabel("Due time").fill("02:30");
  await page.keyboard.press("Escape");
  await page.getByLabel("Add a task").press("Enter");
  await expect.poll(() => kept(page), POLL).toBe(1);
  answer();
  for (let times = 0; times < 2; times += 1) {
    await page.reload();
    await page.getByText("“Turn the clocks” was not added.").first().waitFor(POLL);
  }
  await page.getByRole("button", { name: "Edit again" }).click();
  await expect.poll(() => page.getByLabel("Add a task").inputValue(), POLL).toBe("Turn the clocks");
  expect(await kept(page)).toBe(0);
  await page.getByRole("button", { name: /^Due: / }).click();
  await page.getByLabel("Due time").fill("03:30");
  await page.keyboard.press("Escape");
  await page.getByLabel("Add a task").press("Enter");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Turn the clocks"]);
});

test("an edit that meets an agent's edit after a reload asks, and loses neither text", async () => {
  await ann.add("Draft");
  const page = await ann.open();
  await rowOf(page, "Draft").click();
  const answer = await holdChanges(page);
  await page.getByLabel("Title").fill("Mine");
  await page.keyboard.press("Enter");
  await expect.poll(() => kept(page), POLL).toBe(1);
  await ann.agent("PATCH", "/tasks/1", { title: "Theirs" });
  answer();
  await page.reload();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor(POLL);
  expect(await dialog.innerText()).toContain("Theirs");
  expect(await dialog.innerText()).toContain("Mine");
  expect(await ann.call("GET", "/tasks/1")).toMatchObject({ title: "Theirs" });
  await dialog.getByRole("button", { name: "Save mine" }).click();
  await expect.poll(() => ann.call("GET", "/tasks/1"), POLL).toMatchObject({ title: "Mine" });
  await expect.poll(() => page.getByRole("button", { name: /^Unsaved/ }).count(), POLL).toBe(0);
});

test("signing out forgets what was not sent", async () => {
  const page = await ann.open("/account");
  await page.getByRole("link", { name: "Tasks" }).click();
  await holdChanges(page);
  await page.getByLabel("Add a task").fill("Secret");
  await page.keyboard.press("Enter");
  await expect.poll(() => kept(page), POLL).toBe(1);
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/sign-in/);
  expect(await kept(page)).toBe(0);
});
