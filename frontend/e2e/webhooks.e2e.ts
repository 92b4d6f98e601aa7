import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { Receiver } from "./receiver";
import { complaintsOf, POLL } from "./seen";

let ann: Visitor;
let receiver: Receiver;
let url: string;

beforeEach(async () => {
  ann = await Visitor.withAccount();
  receiver = new Receiver();
  url = await receiver.open();
});

afterEach(async () => {
  receiver.close();
  await ann.leave();
});

afterAll(closeBrowser);

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Adds a webhook on the page, and gives its secret to the receiver. */
async function add(page: Page, address: string): Promise<void> {
  await button(page, "Add a webhook").click();
  await page.getByLabel("Address", { exact: true }).fill(address);
  await button(page, "Add the webhook").click();
}

async function added(): Promise<Page> {
  const page = await ann.open("/connect");
  await add(page, url);
  await page.getByRole("dialog", { name: "The secret of the webhook" }).waitFor();
  receiver.secret = await page.getByText(/^whsec_/).innerText();
  expect(await complaintsOf(page)).toEqual([]);
  await button(page, "I have kept it").click();
  await page.getByRole("heading", { name: url }).waitFor();
  return page;
}

test("a webhook is added, tested, and called with the changes of an agent", async () => {
  const page = await added();
  await button(page, `Send a test to ${url}`).click();
  await page.getByText("The test message was accepted").first().waitFor();
  expect(receiver.messages).toMatchObject([{ type: "ping" }]);
  await ann.agent("POST", "/tasks", { title: "Buy milk" });
  const call = { type: "task.created", data: { kind: "created", client_name: "Claude Code" } };
  await expect.poll(() => receiver.messages.at(-1), POLL).toMatchObject(call);
  await page.getByText("Last called just now.").waitFor();
  expect(await complaintsOf(page)).toEqual([]);
});

test("a failing webhook says why, keeps its place while it is paused, and is removed", async () => {
  const page = await added();
  receiver.status = 500;
  await ann.agent("POST", "/tasks", { title: "Buy milk" });
  await page.getByText("Failing: it answered with status 500. Tried again at").waitFor();
  await button(page, `Pause ${url}`).click();
  await page.getByText("Paused by you.").waitFor();
  receiver.status = 204;
  const before = receiver.messages.length;
  await button(page, `Continue ${url}`).click();
  await page.getByText(/^Last called/).waitFor();
  await expect.poll(() => receiver.messages.length, POLL).toBeGreaterThan(before);
  await button(page, `Remove ${url}`).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("None. A webhook is for programs").waitFor();
});

test("an address that is not public is refused at its field, and a new secret is another one", async () => {
  const page = await added();
  await button(page, `New secret for ${url}`).click();
  await page.getByRole("dialog", { name: "The secret of the webhook" }).waitFor();
  expect(await page.getByText(/^whsec_/).innerText()).not.toBe(receiver.secret);
  await button(page, "I have kept it").click();
  await add(page, "http://10.0.0.1/hook");
  await page.getByRole("alert").filter({ hasText: "https" }).waitFor();
  expect(await page.getByLabel("Address", { exact: true }).inputValue()).toBe(
    "http://10.0.0.1/hook",
  );
});
