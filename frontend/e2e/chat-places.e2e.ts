import { expect, test } from "vitest";

import { Visitor } from "./browser";
import { add, ask, ended, field, panel, said, say, withChat } from "./chat-product";
import { complaintsOf, POLL, titlesOn } from "./seen";

const at = withChat();

test("without a model the panel says how to set one, and shows agents' conversations", async () => {
  const bob = await Visitor.withAccount(); // of the product without a model
  const page = await bob.open("/?chat=new");
  await page.getByText("The assistant has no model yet").waitFor();
  await page.getByText("SURELIST_MODEL=openai:gpt-5-mini").waitFor();
  expect(await field(page).count()).toBe(0);
  expect(await complaintsOf(page)).toEqual([]);
  await page.getByLabel("Add a task").fill("Still here");
  await page.getByLabel("Add a task").press("Enter");
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Still here"]);
  await page.getByRole("button", { name: "All conversations" }).click();
  await page.getByText("No conversation yet.").waitFor();
  await bob.leave();
});

test("conversations are found, renamed, deleted, restored and deleted permanently", async () => {
  for (const title of ["Groceries", "Holidays"]) {
    await ask(at, "POST", "/chat", { message: title });
  }
  const page = await at.ann.open("/?chat=all");
  const rows = panel(page).getByRole("list", { name: "Conversations" }).getByRole("listitem");
  await expect.poll(() => rows.count(), POLL).toBe(2);
  await page.getByLabel("Search conversations").fill("groc");
  await expect.poll(() => rows.count(), POLL).toBe(1);
  await page.getByRole("button", { name: "Rename Groceries" }).click();
  await page.getByLabel("Title of the conversation").fill("Food");
  await page.keyboard.press("Enter");
  await page.getByLabel("Search conversations").fill("food");
  await page.getByRole("button", { name: "Delete Food", exact: true }).click();
  await page.getByText("No conversation contains these words.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await panel(page).getByRole("button", { name: /^Food/ }).waitFor();
  await page.getByRole("button", { name: "Delete Food", exact: true }).click();
  await panel(page).getByRole("button", { name: "Trash", exact: true }).click();
  await panel(page).getByRole("button", { name: /^Food/ }).click();
  await panel(page).getByText("This conversation is in the trash.").waitFor();
  expect(await field(page).count()).toBe(0);
  await page.goBack();
  await page.getByRole("button", { name: "Delete Food for good" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("The trash is empty.").waitFor();
  await expect(ask(at, "GET", "/conversations/1")).rejects.toThrow("404");
});

test("the address opens a conversation, and back and forward go through them", async () => {
  for (const message of ["One", "Two"]) await ask(at, "POST", "/chat", { message });
  const page = await at.ann.open("/?tag=home&chat=1");
  await said(page).getByText("One", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "All conversations" }).click();
  await panel(page).getByRole("button", { name: /^Two/ }).click();
  await said(page).getByText("Two", { exact: true }).first().waitFor();
  await page.keyboard.press("Escape");
  expect(new URL(page.url()).search).toBe("?tag=home");
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.id), POLL)
    .toBe("chat-button");
  await page.goBack();
  await said(page).getByText("Two", { exact: true }).first().waitFor();
  await page.goBack();
  await page.getByLabel("Search conversations").waitFor();
  await page.goForward();
  await said(page).getByText("Two", { exact: true }).first().waitFor();
  expect(new URL(page.url()).search).toBe("?tag=home&chat=2");
});

test("axe finds nothing in a conversation, in both themes and on a phone", async () => {
  at.model.says(
    { call: "add_task", with: { title: "Milk" } },
    "I added it:\n\n- [x] milk\n- [ ] bread\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n# Title\n\n`code`",
  );
  const page = await at.ann.open("/?chat=new");
  expect(await complaintsOf(page)).toEqual([]);
  await say(page, "Add milk");
  await ended(page);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const path of ["/?chat=1", "/?chat=all", "/?chat=trash"]) {
        await page.goto(path);
        await page.getByRole("button", { name: "Close the chat" }).waitFor();
        await page.waitForTimeout(500); // colours are wrong during a transition
        expect(await complaintsOf(page), `${path} ${colorScheme} ${String(width)}`).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(width);
      }
    }
  }
}, 120_000);

test("on a phone the chat takes the window, and the list keeps its place behind it", async () => {
  await add(at, ...Array.from({ length: 40 }, (_, number) => `Task ${String(number)}`));
  await at.ann.page.setViewportSize({ width: 390, height: 844 });
  const page = await at.ann.open();
  await page.getByText("Task 39").or(page.getByText("Task 0")).first().waitFor();
  await page.evaluate(() => window.scrollTo(0, 600));
  await page.evaluate(() => document.getElementById("chat-button")?.click());
  const dialog = page.getByRole("dialog", { name: "Chat" });
  await dialog.waitFor();
  const box = await dialog.boundingBox();
  expect(box).toMatchObject({ x: 0, y: 0, height: 844 });
  expect(box?.width).toBeGreaterThanOrEqual(370); // except for a scroll bar
  expect(await page.locator("[inert]").getByRole("list", { name: "Tasks" }).count()).toBe(1);
  await page.getByRole("button", { name: "Close the chat" }).click();
  expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(300);
});
