import { expect, test } from "vitest";

import { add, ask, ended, field, messagesIn, panel, said, say, withChat } from "./chat-product";
import { POLL, rowOf, titlesOn } from "./seen";

const at = withChat();

test("a conversation adds, lists, completes and takes back, and the list moves with it", async () => {
  await add(at, "Call mom");
  const page = await at.ann.open();
  await rowOf(page, "Call mom").waitFor(); // the page hears keys by then
  await page.keyboard.press("c");
  await field(page).waitFor();
  expect(await field(page).evaluate((one) => one === document.activeElement)).toBe(true);
  at.model.says({ call: "add_task", with: { title: "Buy milk" } }, "I added **Buy milk**.");
  await say(page, "Add milk");
  await said(page).getByText("Added “Buy milk”").waitFor();
  await said(page).locator("strong", { hasText: "Buy milk" }).waitFor();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Call mom", "Buy milk"]);
  expect(new URL(page.url()).search).toBe("?chat=1");
  at.model.says(
    { call: "list_tasks" },
    { call: "complete_task", with: { task_id: 1 } },
    { call: "complete_task", with: { task_id: 9 } },
    "Call mom is done.",
  );
  await say(page, "What is there? I have called mom");
  await said(page).getByText("Looked at 2 tasks").waitFor();
  await said(page).getByText("Completed “Call mom”").waitFor();
  await said(page).getByText("Completing a task was refused: There is no task 9.").waitFor();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Buy milk"]);
  await ended(page);
  await page.getByRole("button", { name: "Undo: Completed “Call mom”" }).click();
  await said(page).getByText("· undone").waitFor();
  await expect.poll(() => titlesOn(page), POLL).toEqual(["Call mom", "Buy milk"]);
  await page.reload();
  await said(page).getByText("· undone").waitFor();
  expect(
    await panel(page)
      .getByRole("button", { name: /^Undo: / })
      .allInnerTexts(),
  ).toHaveLength(1);
  expect(await messagesIn(at, 1)).toHaveLength(4);
});

test("an undo that conflicts with a later change says so", async () => {
  at.model.says({ call: "add_task", with: { title: "Milk" } }, "Added.");
  const page = await at.ann.open("/?chat=new");
  await say(page, "Add milk");
  await ended(page);
  await ask(at, "PATCH", "/tasks/1", { title: "Oat milk" });
  await page.getByRole("button", { name: "Undo: Added “Milk”" }).click();
  await said(page).getByText("Not undone. It was changed since.").waitFor();
});

test("a stopped turn keeps its changes, says so, and can be retried", async () => {
  at.model.says({ call: "add_task", with: { title: "Milk" } }, { begun: "And now I will" });
  const page = await at.ann.open("/?chat=new");
  await say(page, "Add milk");
  await said(page).getByText("And now I will").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await said(page).getByText("This turn was stopped.").waitFor();
  await said(page).getByText("And now I will").waitFor();
  await panel(page).getByRole("button", { name: "Undo: Added “Milk”" }).waitFor();
  expect((await messagesIn(at, 1)).at(-1)).toMatchObject({ failure: "stopped" });
  at.model.says("It is there already.");
  await page.getByRole("button", { name: "Retry" }).click();
  await said(page).getByText("It is there already.").waitFor();
  await said(page).getByText("Earlier wording").waitFor();
  expect((await messagesIn(at, 1))[2]).toMatchObject({ content: "Add milk", replaces: 1 });
  expect(at.model.asked.at(-1)?.messages.filter(({ role }) => role === "user")).toHaveLength(1);
});

test("the last message can be edited, and the model sees only the new wording", async () => {
  const page = await at.ann.open("/?chat=new");
  at.model.says("What is mlk?");
  await say(page, "Add mlk");
  await ended(page);
  at.model.says("Added.");
  await page.getByRole("button", { name: "Edit" }).click();
  expect(await field(page).inputValue()).toBe("Add mlk");
  await say(page, "Add milk");
  await said(page).getByText("Added.").waitFor();
  const told = JSON.stringify(at.model.asked.at(-1)?.messages);
  expect([told.includes("Add milk"), told.includes("mlk?")]).toEqual([true, false]);
  await page.getByText("Earlier wording").click();
  await said(page).getByText("What is mlk?").waitFor();
});

test("a reload during a turn shows the messages and the failure", async () => {
  at.model.says({ call: "add_task", with: { title: "Milk" } }, { begun: "And now" });
  const page = await at.ann.open("/?chat=new");
  await say(page, "Add milk");
  await said(page).getByText("And now").waitFor();
  await field(page).fill("Something more");
  await page.reload();
  await said(page).getByText("Add milk", { exact: true }).waitFor();
  await said(page).getByText("This turn was stopped.").waitFor();
  await said(page).getByText("Added “Milk”").waitFor();
  expect(await field(page).inputValue()).toBe("Something more");
});

test("a turn continues while the panel is closed and another conversation is open", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  at.model.says("One two three four five six seven");
  at.model.pace = () => held;
  const page = await at.ann.open("/?chat=new");
  await say(page, "Count");
  await expect.poll(() => new URL(page.url()).search, POLL).toBe("?chat=1");
  await page.getByRole("button", { name: "New conversation" }).click();
  await page.getByText("Talk to your list", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Close the chat" }).click();
  await panel(page).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Connect", exact: true }).click();
  await page.waitForURL("**/connect");
  release();
  await expect.poll(async () => (await messagesIn(at, 1)).at(-1)?.content, POLL).toContain("seven");
  await page.goBack();
  await page.getByRole("textbox", { name: "Add a task" }).waitFor();
  await page.goBack();
  await page.getByText("Talk to your list", { exact: true }).waitFor();
  await page.goBack();
  await said(page).getByText("One two three four five six seven").waitFor();
});

test("a failure of the model is explained, and can be retried", async () => {
  at.model.says({ status: 401 });
  const page = await at.ann.open("/?chat=new");
  await say(page, "Hello");
  await said(page).getByText("The model's server refused the request.").waitFor();
  at.model.says("Hello!");
  await page.getByRole("button", { name: "Retry" }).click();
  await said(page).getByText("Hello!").waitFor();
});
