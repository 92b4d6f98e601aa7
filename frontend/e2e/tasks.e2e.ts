import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { complaintsOf, POLL, rowOf, titlesOn } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

test("an empty list explains itself, and a task is added by one key and its words", async () => {
  const page = await ann.open();
  await page.getByRole("heading", { name: "One list, for you and your agents" }).waitFor();
  expect(await complaintsOf(page)).toEqual([]);
  await page.keyboard.press("n");
  for (const title of ["Buy milk", "Call mum"]) {
    await page.keyboard.type(title);
    await page.keyboard.press("Enter");
  }
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Buy milk", "Call mum"]);
  await page.reload();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Buy milk", "Call mum"]);
});

test("a task is completed, deleted and brought back by keys, the next one in focus", async () => {
  await ann.add("One", "Two", "Three");
  const page = await ann.open();
  await rowOf(page, "One").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Two", "Three"]);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Two");
  await page.keyboard.press("#");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Three"]);
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Two", "Three"]);
  await rowOf(page, "Three").focus();
  await page.keyboard.press("u");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["One", "Two", "Three"]);
});

test("an edit that meets an agent's edit overwrites nothing before the person chose", async () => {
  await ann.add("Draft");
  const page = await ann.open();
  await rowOf(page, "Draft").click();
  await page.getByLabel("Title").fill("Mine");
  await ann.agent("PATCH", "/tasks/1", { title: "Theirs" });
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  expect(await dialog.innerText()).toContain("Theirs");
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 300);
  expect(await dialog.isVisible()).toBe(true);
  expect(await ann.call("GET", "/tasks/1")).toMatchObject({ title: "Theirs" });
  await dialog.getByRole("button", { name: "Save mine" }).click();
  await expect.poll(() => ann.call("GET", "/tasks/1"), POLL).toMatchObject({ title: "Mine" });
});

test("an edit of another field than the agent's keeps both", async () => {
  await ann.add("Draft");
  const page = await ann.open();
  await rowOf(page, "Draft").click();
  await page.getByLabel("Title").fill("Mine");
  await ann.agent("PATCH", "/tasks/1", { priority: "high" });
  await page.keyboard.press("Enter");
  await expect
    .poll(() => ann.call("GET", "/tasks/1"), POLL)
    .toMatchObject({ title: "Mine", priority: "high" });
});

test("an agent's change appears by itself, with its name", async () => {
  await ann.add("One", "Two");
  const page = await ann.open();
  await rowOf(page, "One").waitFor();
  await ann.agent("PATCH", "/tasks/1/complete", { completed: true });
  await page.getByText("Claude Code completed “One”").waitFor({ timeout: 15_000 });
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Two"]);
});

test("a searched list keeps the API's results, and shows matching tasks that an agent adds", async () => {
  await ann.add("Zahnarzttermin", "Buy milk");
  const page = await ann.open("/?search=termin");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Zahnarzttermin"]);
  await ann.call("PATCH", "/tasks/1", { priority: "high" });
  await ann.call("POST", "/tasks", { title: "Café-Termin" });
  await ann.call("POST", "/tasks", { title: "Tea" });
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Zahnarzttermin", "Café-Termin"]);
});

test("an add that is lost on the way is sent again, and made once", async () => {
  await ann.add("One");
  const page = await ann.open();
  await rowOf(page, "One").waitFor();
  let lost = 0;
  await page.route("**/api/me/tasks", async (route) => {
    if (route.request().method() !== "POST" || lost > 0) return route.fallback();
    lost += 1;
    await route.fetch(); // the request arrives, but its answer is lost
    await route.abort();
  });
  await page.getByLabel("Add a task").fill("Once");
  await page.keyboard.press("Enter");
  await expect
    .poll(() => ann.call("GET", "/tasks?search=once"), POLL)
    .toMatchObject({ tasks: [{ title: "Once", id: 2 }] });
  await page.waitForTimeout(2000);
  expect(await ann.call("GET", "/tasks?search=once")).toMatchObject({ tasks: [{ id: 2 }] });
  await expect.poll(() => titlesOn(page), POLL).toEqual(["One", "Once"]);
});

test("the server decides what a search holds, also after a change", async () => {
  await ann.add("Straße fegen", "Buy milk");
  const page = await ann.open("/?search=strasse");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Straße fegen"]);
  await ann.agent("PATCH", "/tasks/1", { priority: "high" });
  await page.getByText("Claude Code changed “Straße fegen”").waitFor({ timeout: 15_000 });
  await page.waitForTimeout(1500);
  expect(await titlesOn(page)).toEqual(["Straße fegen"]);
});

test("the server decides the order in the hour that comes twice", async () => {
  await ann.call("PATCH", "", { timezone: "Europe/Berlin" });
  await ann.call("POST", "/tasks", { title: "Late", due: "2026-10-25T02:30:00+01:00" });
  await ann.call("POST", "/tasks", { title: "Early", due: "2026-10-25T02:30:00+02:00" });
  const page = await ann.open();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Early", "Late"]);
  await ann.agent("PATCH", "/tasks/1", { priority: "high" });
  await page.getByText("Claude Code changed “Late”").waitFor({ timeout: 15_000 });
  await page.waitForTimeout(1500);
  expect(await titlesOn(page)).toEqual(["Early", "Late"]);
});

test("undo survives a reload, and takes the Undo of its message away", async () => {
  await ann.add("One", "Two");
  const page = await ann.open();
  await page.getByRole("checkbox", { name: "Completed: One" }).click();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Two"]);
  await page.reload();
  await rowOf(page, "Two").waitFor();
  await page.getByRole("checkbox", { name: "Completed: Two" }).click();
  await page.getByRole("button", { name: "Undo" }).waitFor();
  await expect.poll(() => titlesOn(page), POLL).toEqual([]);
  await page.keyboard.press("u");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Two"]);
  expect(await page.getByRole("button", { name: "Undo" }).count()).toBe(0);
  await page.keyboard.press("u");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["One", "Two"]);
});

test("a change that meets a deleted task can restore it and be saved", async () => {
  await ann.add("Draft");
  const page = await ann.open();
  await rowOf(page, "Draft").click();
  await page.getByLabel("Title").fill("Mine");
  await ann.agent("DELETE", "/tasks/1");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Restore with my change" }).click();
  await expect
    .poll(() => ann.call("GET", "/tasks/1"), POLL)
    .toMatchObject({ title: "Mine", status: "pending" });
});

test("the sort order is remembered, and Back goes through views", async () => {
  await ann.add("B", "A");
  const page = await ann.open();
  await rowOf(page, "B").waitFor();
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByLabel("Sort by").selectOption("title");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["A", "B"]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Trash", exact: true }).click();
  await page.getByText("The trash is empty.").waitFor();
  await page.getByText("0 in the trash").waitFor();
  await page.goBack();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["A", "B"]);
  await page.getByText("2 open").waitFor();
  await page.goto("/");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["A", "B"]);
});

test("filters are in the address and survive there", async () => {
  await ann.call("POST", "/tasks", { title: "Sweep", tags: ["home"], priority: "high" });
  await ann.call("POST", "/tasks", { title: "Write", tags: ["work"] });
  const page = await ann.open();
  await page.getByRole("button", { name: "#home" }).click();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Sweep"]);
  await page.reload();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Sweep"]);
  await page.getByRole("button", { name: "Stop filtering by #home" }).click();
  await page.keyboard.press("/");
  await page.keyboard.type("wri");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Write"]);
  expect(new URL(page.url()).search).toBe("?search=wri");
});

test("axe finds nothing in the list, the form, the filters and the keys", async () => {
  const task = { title: "Sweep", tags: ["home"], priority: "high", due: "2020-01-01" };
  await ann.call("POST", "/tasks", { ...task, description: "The stairs too" });
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await ann.open("/?tag=home");
    await page.emulateMedia({ colorScheme });
    await page.getByRole("button", { name: /^Sweep/ }).waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.waitForTimeout(300); // contrast is wrong during the fade-in
    expect(await complaintsOf(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Sweep/ }).click();
    await page.getByLabel("Description").waitFor();
    await page.waitForTimeout(300);
    expect(await complaintsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await complaintsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByLabel("Sort by").waitFor();
    await page.waitForTimeout(300);
    expect(await complaintsOf(page)).toEqual([]);
  }
});
