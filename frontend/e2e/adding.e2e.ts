import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { POLL, rowOf, titlesOn } from "./seen";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const addNumbered = (count: number) =>
  ann.add(...Array.from({ length: count }, (_, index) => `Task ${String(index + 1)}`));

test("text in the field for new tasks survives a reload", async () => {
  const page = await ann.open();
  await page.getByLabel("Add a task").fill("Half a tho");
  await page.reload();
  await expect.poll(() => page.getByLabel("Add a task").inputValue(), POLL).toBe("Half a tho");
  await page.getByLabel("Add a task").press("Enter");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Half a tho"]);
  await page.reload();
  await rowOf(page, "Half a tho").waitFor();
  expect(await page.getByLabel("Add a task").inputValue()).toBe("");
});

test("pasted lines become several tasks in their order, or one with a description", async () => {
  const page = await ann.open();
  const field = page.getByLabel("Add a task");
  await field.waitFor();
  const paste = () =>
    field.evaluate((element) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "- apples\n- pears\n- plums");
      const options = { clipboardData, bubbles: true, cancelable: true };
      element.dispatchEvent(new ClipboardEvent("paste", options));
    });
  await paste();
  await page.getByRole("button", { name: "Add 3 tasks" }).click();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["apples", "pears", "plums"]);
  await paste();
  await page.getByRole("button", { name: "One task with a description" }).click();
  await expect
    .poll(() => ann.call("GET", "/tasks/4"), POLL)
    .toMatchObject({ title: "apples", description: "pears\nplums" });
});

test("a full list says so at once, and the text can be added later", async () => {
  await addNumbered(1);
  const page = await ann.open();
  await rowOf(page, "Task 1").waitFor();
  await page.route("**/api/me/tasks", (route) =>
    route.request().method() === "POST"
      ? route.fulfill({
          status: 429,
          contentType: "application/problem+json",
          headers: { "Retry-After": "86400" },
          json: { type: "urn:surelist:too_many_requests", detail: "This list is full." },
        })
      : route.fallback(),
  );
  await page.getByLabel("Add a task").fill("One more");
  await page.keyboard.press("Enter");
  await page.getByText("“One more” was not added. This list is full.").first().waitFor();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Task 1"]);
  await page.unroute("**/api/me/tasks");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Task 1", "One more"]);
});

test("a task that is added in view is not reported; one below the window is, and is shown", async () => {
  const page = await ann.open("/");
  await page.getByRole("heading", { name: "One list, for you and your agents" }).waitFor();
  await page.getByLabel("Add a task").fill("In view");
  await page.keyboard.press("Enter");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["In view"]);
  await ann.add(...Array.from({ length: 40 }, (_, at) => `Another ${String(at)}`));
  await expect.poll(async () => (await titlesOn(page)).length, POLL).toBeGreaterThan(10);
  await page.getByLabel("Add a task").fill("Below");
  await page.keyboard.press("Enter");
  await page.getByText("Added “Below”").first().waitFor();
  expect(await page.getByText("Added “In view”").count()).toBe(0);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await rowOf(page, "Below").waitFor();
});

test("adding a task that the list does not show is reported", async () => {
  await addNumbered(1);
  const page = await ann.open("/?view=completed");
  await page.getByText("Nothing is completed yet.").waitFor();
  await page.getByLabel("Add a task").fill("One more");
  await page.keyboard.press("Enter");
  await page.getByText("Added “One more”. It is not in this part of the list.").first().waitFor();
});

test("a task that is added to a filtered list gets the filter's tag", async () => {
  await ann.call("POST", "/tasks", { title: "Sweep", tags: ["home"] });
  const page = await ann.open("/?tag=home");
  await rowOf(page, "Sweep").waitFor();
  await page.getByLabel("Add a task").fill("Wipe");
  await page.keyboard.press("Enter");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Sweep", "Wipe"]);
  expect(await ann.call("GET", "/tasks/2")).toMatchObject({ tags: ["home"] });
});

test("changes without a network wait for it, and an added task survives a reload", async () => {
  await addNumbered(2);
  const page = await ann.open();
  await rowOf(page, "Task 1").waitFor();
  await ann.context.setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await page.getByLabel("Add a task").fill("Written below ground");
  await page.keyboard.press("Enter");
  await page.getByRole("checkbox", { name: "Completed: Task 1" }).click();
  await page.getByText("Offline: 2 changes wait.").waitFor();
  await page.waitForTimeout(4000);
  expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
  await ann.context.setOffline(false);
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Task 2", "Written below ground"]);

  await page.route("**/api/me/tasks", (route) =>
    route.request().method() === "POST" ? new Promise(() => undefined) : route.fallback(),
  );
  await page.getByLabel("Add a task").fill("Sent twice, made once");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.reload();
  await expect
    .poll(() => titlesOn(page), POLL)
    .toEqual(["Task 2", "Written below ground", "Sent twice, made once"]);
});

test("the fields of a popover take the focus, also when their code comes late", async () => {
  await addNumbered(1);
  const first = await (await ann.page.request.get("/")).text();
  let held = true;
  await ann.page.route("**/_next/static/chunks/*.js", async (route) => {
    const name = new URL(route.request().url()).pathname;
    while (held && !first.includes(name)) await new Promise((done) => setTimeout(done, 100));
    await route.fallback();
  });
  const page = await ann.open();
  await rowOf(page, "Task 1").waitFor();
  await page.getByRole("button", { name: "Due", exact: true }).click();
  await page.waitForTimeout(500);
  held = false;
  await page.getByLabel("Due day").waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await expect.poll(focused, POLL).toBe("Today");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Tags", exact: true }).click();
  await page.keyboard.type("home");
  expect(await page.getByLabel("Add a tag").inputValue()).toBe("home");
});

test("a task with a day and a tag is added without the mouse", async () => {
  await addNumbered(1);
  const page = await ann.open();
  await rowOf(page, "Task 1").waitFor();
  const field = page.getByLabel("Add a task");
  await field.fill("Call the bank");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByLabel("Due day").waitFor();
  const tomorrow = page.getByRole("button", { name: "Tomorrow", exact: true });
  await tomorrow.focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Due time").fill("09:00");
  await page.getByLabel("Due time").press("Enter");
  await expect.poll(() => field.evaluate((own) => own === document.activeElement), POLL).toBe(true);
  await page.getByRole("button", { name: "Tags", exact: true }).click();
  await page.keyboard.type("money");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect.poll(() => field.evaluate((own) => own === document.activeElement), POLL).toBe(true);
  await page.keyboard.press("Enter");
  await rowOf(page, "Call the bank").waitFor();
  const added = {
    title: "Call the bank",
    due: expect.stringMatching(/T09:00:00/) as string,
    tags: ["money"],
  };
  await expect
    .poll(() => ann.call("GET", "/tasks"), POLL)
    .toMatchObject({ tasks: [{ title: "Task 1" }, added] });
});
