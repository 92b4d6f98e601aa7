import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { FrameLocator, Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import type { HostWindow, Opening } from "./board-host";
import { closeBrowser, theBrowser, Visitor } from "./browser";
import { product } from "./product";
import { POLL, complaintsOf } from "./seen";

let host: string;
let ann: Visitor;
let agent: Client;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  const entry = new URL("board-host.ts", import.meta.url).pathname;
  const built = (await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, lib: { entry, formats: ["iife"], name: "host" } },
  })) as Rolldown.RolldownOutput[];
  host = built[0]?.output[0].code ?? "";
});

beforeEach(async () => {
  ann = await Visitor.withAccount();
  agent = new Client({ name: "claude-ai", version: "1" });
  const headers = { Authorization: `Bearer ${await ann.agentKey()}` };
  const address = new URL(`${product.api}/mcp`);
  await agent.connect(new StreamableHTTPClientTransport(address, { requestInit: { headers } }));
  page = await (await theBrowser()).newPage();
  complaints = [];
  page.on("request", (one) => one.url().startsWith("http") && complaints.push(one.url()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
});

afterEach(async () => {
  expect(complaints).toEqual([]);
  await page.close();
  await agent.close();
  await ann.leave();
});

afterAll(closeBrowser);

/** Shows a list on the board, as a host does after a call of the model. */
async function show(
  input: Record<string, unknown> = {},
  options: Partial<Pick<Opening, "context" | "capabilities">> = {},
): Promise<FrameLocator> {
  const { tools } = await agent.listTools();
  const ui = tools.find(({ name }) => name === "list_tasks")?._meta?.["ui"];
  const { resourceUri: uri } = ui as { resourceUri: string };
  const { contents } = await agent.readResource({ uri });
  const [content] = contents;
  expect(content).toMatchObject({ uri, mimeType: "text/html;profile=mcp-app" });
  const opening: Opening = {
    html: (content as { text: string }).text,
    input,
    result: await agent.callTool({ name: "list_tasks", arguments: input }),
    context: { theme: "light" },
    capabilities: { serverTools: {}, updateModelContext: { text: {} } },
    ...options,
  };
  await page.setContent('<!doctype html><html lang="en"><title>A host</title><main></main></html>');
  await page.exposeFunction("callServer", (params: { name: string }) => agent.callTool(params));
  await page.addScriptTag({ content: host });
  await page.evaluate(
    (given) => (window as unknown as HostWindow).openBoard(given),
    opening as never,
  );
  return page.frameLocator('iframe[title="Board"]');
}

const task = (id: number) => ann.call("GET", `/tasks/${String(id)}`);

test("a tick completes a task, for the agent, and Undo reopens it", async () => {
  await ann.add("Buy milk", "Call mum");
  const board = await show({ status: "pending" });
  await board.getByRole("checkbox", { name: "Complete “Buy milk”" }).check();
  await board.getByText("Completed “Buy milk”").waitFor();
  expect(await task(1)).toMatchObject({ status: "completed" });
  // The list was of pending tasks.
  await expect.poll(() => board.getByRole("listitem").count(), POLL).toBe(1);
  const { events } = (await ann.call("GET", "/events?limit=1")) as { events: object[] };
  expect(events[0]).toMatchObject({ actor: "agent", client_name: "Claude Code" });
  const heard = await page.evaluate(() => (window as unknown as HostWindow).heard);
  expect(heard.context).toEqual(["In the board, the user: Completed “Buy milk” (task 1)."]);
  expect(heard.height).toBeGreaterThan(50);

  await board.getByRole("button", { name: "Undo" }).click();
  await board.getByText("Undone: “Buy milk”").waitFor();
  expect(await task(1)).toMatchObject({ status: "pending" });
});

test("a task is added once, dated and undated", async () => {
  const board = await show();
  await board.getByLabel("Add a task").fill("  Buy milk ");
  await board.getByRole("button", { name: "Add", exact: true }).click();
  await board.getByText("Added “Buy milk”").waitFor();
  await board.getByRole("button", { name: "Change the date of “Buy milk”" }).click();
  await board.getByRole("button", { name: "Tomorrow: “Buy milk”" }).click();
  await board.getByRole("heading", { name: "Later (1)" }).waitFor();
  expect(await task(1)).toMatchObject({ title: "Buy milk", due: expect.any(String) as string });
  await board.getByRole("button", { name: "Change the date of “Buy milk”" }).click();
  await board.getByLabel("Due date of “Buy milk”").fill("2030-02-03");
  await board.getByText("Sun 2030-02-03").waitFor();
  await board.getByRole("button", { name: "Change the date of “Buy milk”" }).click();
  await board.getByRole("button", { name: "No date: “Buy milk”" }).click();
  await board.getByRole("heading", { name: "No date (1)" }).waitFor();
  expect(await ann.call("GET", "/tasks")).toMatchObject({ tasks: [{ id: 1 }] });
});

test("a task in the trash is restored", async () => {
  await ann.add("Old idea");
  await ann.call("DELETE", "/tasks/1");
  const board = await show({ status: "deleted" });
  await board.getByRole("button", { name: "Restore “Old idea”" }).click();
  await board.getByText("Restored “Old idea”").waitFor();
  expect(await task(1)).toMatchObject({ status: "pending" });
});

test("a change of a task that changed elsewhere is refused, and the list is shown as it is", async () => {
  await ann.add("Buy milk");
  const board = await show();
  await ann.call("PATCH", "/tasks/1", { title: "Buy oat milk" });
  await board.getByRole("checkbox").check();
  await board.getByText("Buy oat milk").waitFor();
  expect(await board.getByRole("status").textContent()).toMatch(/version/);
  expect(await task(1)).toMatchObject({ status: "pending" });
});

test("a title is only text, whatever it contains", async () => {
  const title = "<img src=x onerror=alert(1)> </script> $& שלום";
  await ann.add(title);
  const board = await show();
  await board.getByText(title).waitFor();
  expect(await board.locator("img").count()).toBe(0);
});

test("a message of another frame is ignored", async () => {
  await ann.add("Buy milk");
  const board = await show();
  await board.getByText("Buy milk").waitFor();
  await page.evaluate(async () => {
    const forged = {
      jsonrpc: "2.0",
      method: "ui/notifications/tool-result",
      params: { content: [], structuredContent: { tasks: [], total: 0, now: "2026-01-01" } },
    };
    const other = document.createElement("iframe");
    const sent = new Promise((resolve) => window.addEventListener("message", resolve));
    other.srcdoc = `<script>
      parent.frames[0].postMessage(${JSON.stringify(forged)}, "*");
      parent.postMessage("sent", "*");
    </script>`;
    document.body.append(other);
    await sent;
  });
  await board.getByLabel("Add a task").fill("Rendered after the message");
  expect(await board.getByRole("listitem").allInnerTexts()).toEqual([
    expect.stringContaining("Buy milk"),
  ]);
});

test("everything can be done by keyboard, and the focus stays", async () => {
  await ann.add("Buy milk", "Call mum");
  const board = await show();
  await board.getByLabel("Add a task").focus();
  await page.keyboard.type("Water plants");
  await page.keyboard.press("Enter");
  await board.getByText("Added “Water plants”").waitFor();
  await expect.poll(() => board.getByRole("listitem").count(), POLL).toBe(3);
  const tick = board.getByRole("checkbox", { name: "Complete “Buy milk”" });
  await tick.focus();
  await page.keyboard.press("Space");
  await board.getByRole("heading", { name: "Completed (1)" }).waitFor();
  await expect.poll(() => tick.evaluate((one) => one === document.activeElement), POLL).toBe(true);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await board.getByRole("button", { name: "Today: “Buy milk”" }).waitFor();
});

test("a host that calls no tools gets a list to look at", async () => {
  await ann.add("Buy milk");
  const board = await show({}, { capabilities: {} });
  await board.getByText("does not let it be changed").waitFor();
  expect(await board.getByRole("checkbox").isDisabled()).toBe(true);
  expect(await board.getByLabel("Add a task").isVisible()).toBe(false);
});

test.each(["light", "dark"] as const)("axe finds nothing in the %s theme", async (theme) => {
  await ann.call("POST", "/tasks", {
    title: "Pay rent",
    due: "2020-01-02",
    tags: ["home"],
    priority: "high",
  });
  await ann.add("Buy milk");
  await ann.call("PATCH", "/tasks/2/complete", { completed: true });
  const board = await show({}, { context: { theme: theme === "dark" ? "light" : "dark" } });
  await page.evaluate((now) => (window as unknown as HostWindow).setContext({ theme: now }), theme);
  await expect.poll(() => board.locator("html").getAttribute("data-theme"), POLL).toBe(theme);
  await board.getByText("(overdue)").waitFor();
  const frame = page.frames()[1];
  if (!frame) throw new Error("There is no board.");
  expect(await complaintsOf(frame)).toEqual([]);
  expect(await page.evaluate(() => (window as unknown as HostWindow).removeBoard())).toBe(true);
});
