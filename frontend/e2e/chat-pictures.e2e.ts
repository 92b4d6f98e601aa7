import { test } from "vitest";

import { inDays } from "./believable-list";
import { ask, ended, said, say, withChat } from "./chat-product";
import { shoot, take } from "./shooting";

const at = withChat();

test("the chat pleases in every size and look", async () => {
  const { model, ann } = at;
  for (const task of [
    {
      title: "Call the landlord about the heating",
      priority: "high",
      due: inDays(0),
      tags: ["home"],
    },
    { title: "Renew the passport", due: inDays(-2), tags: ["errands"] },
    { title: "Buy olive oil, lemons and good bread", tags: ["groceries"] },
    { title: "Water the plants", due: inDays(3), tags: ["home"] },
    { title: "Plan Mira’s birthday", due: inDays(12), tags: ["family"] },
    { title: "Return the library books", priority: "low", tags: ["errands"] },
  ]) {
    await ask(at, "POST", "/tasks", task);
  }
  const { page } = ann;
  await page.emulateMedia({ reducedMotion: "reduce" });
  await ann.open("/?chat=new");
  await page.getByText("Talk to your list", { exact: true }).waitFor();
  await take(page, "chat-new");
  model.says(
    { call: "list_tasks", with: { due_before: inDays(0) } },
    "Two tasks:\n\n- **Renew the passport** was due two days ago.\n- **Call the landlord about the heating** is due today, and urgent.",
  );
  await say(page, "What should I do first?");
  await ended(page);
  model.says(
    { call: "complete_task", with: { task_id: 1 } },
    { call: "add_task", with: { title: "Buy a birthday present for Mira", due: inDays(9) } },
    "Done: the landlord is off the list. I added **Buy a birthday present for Mira**, due three days before her birthday.",
  );
  await say(
    page,
    "I called the landlord. And I need a present for Mira, three days before her birthday",
  );
  await ended(page);
  await said(page).getByText("three days before her birthday.").waitFor();
  await page.getByText("completed “Call the landlord").waitFor();
  await page.getByText("Call the landlord about the heating").first().waitFor();
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await shoot(page, "chat"); // docs/chat.png
  await take(page, "chat-talk");
  await page.goto("/?chat=all");
  await page
    .getByRole("button", { name: /^Delete/ })
    .first()
    .waitFor();
  await take(page, "chat-all");
}, 120_000);
