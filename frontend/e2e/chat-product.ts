import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { ScriptedModel } from "./scripted-model";
import { POLL } from "./seen";
import { type Product, start } from "./stack";

export type At = { model: ScriptedModel; product: Product; ann: Visitor };

/** A product whose chat runs on a scripted model, with a new person for each test of the file. */
export function withChat(): At {
  const at = {} as At;
  let data: string;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "surelist-chat-"));
    at.model = await ScriptedModel.start();
    const proxies = { SURELIST_TRUSTED_PROXIES: "127.0.0.1, ::1" };
    at.product = await start(data, { ...at.model.settings, ...proxies });
  }, 600_000);
  afterAll(async () => {
    await closeBrowser();
    await at.product.stop();
    at.model.close();
    await rm(data, { recursive: true, force: true });
  });
  beforeEach(async () => {
    at.model.says();
    at.ann = await Visitor.withAccount({ baseURL: at.product.web });
  });
  afterEach(() => at.ann.leave());
  return at;
}

/** The answer of a REST call. Rejects unless it succeeds. */
export async function ask(at: At, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${at.product.api}/api/me${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${await at.ann.token()}`,
      "Content-Type": "application/json",
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)}`);
  return response.status === 204 ? null : response.json();
}

/** Adds tasks, in this order. */
export async function add(at: At, ...titles: string[]): Promise<void> {
  for (const title of titles) await ask(at, "POST", "/tasks", { title });
}

type Message = { content: string; failure?: string; replaces?: number };

export async function messagesIn(at: At, id: number): Promise<Message[]> {
  const page = await ask(at, "GET", `/conversations/${String(id)}/messages`);
  return (page as { messages: Message[] }).messages;
}

export const panel = (page: Page) => page.getByRole("complementary", { name: "Chat" });
export const said = (page: Page) => page.getByRole("group", { name: "Conversation" });
export const field = (page: Page) => page.getByRole("textbox", { name: "Message" });

export async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press("Enter");
}

/** Waits until no turn is running. */
export async function ended(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send" }).waitFor();
  await expect.poll(() => page.getByText("Waiting for the answer").count(), POLL).toBe(0);
}
