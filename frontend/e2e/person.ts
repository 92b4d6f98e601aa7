import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";

import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Where the product runs: its page, its API, and the data directory that signs tokens. */
const WEB = process.env["SURELIST_WEB_URL"] ?? "http://127.0.0.1:3000";
const API = process.env["SURELIST_URL"] ?? "http://localhost:8000";
const DATA = process.env["SURELIST_DATA"] ?? "data";

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

function tokenOf(user: string, ...options: string[]): string {
  const words = ["token", user, "--data", DATA, ...options];
  return execFileSync("surelist", words, { encoding: "utf8" }).trim();
}

/** A call of the API's by somebody who is not at the page. Rejects unless it succeeds. */
async function call(token: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(new URL(`/api/me${path}`, API), {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response.status === 204 ? null : response.json();
}

/** A new person with an agent. Their page is given the token that a session would give it. */
export class Person {
  private readonly user = `e2e-${randomUUID()}`;
  private readonly token = tokenOf(this.user, "--owner", "--client", "web");
  private readonly agentToken = tokenOf(this.user, "--client", "Claude Code");

  constructor(private readonly browser: Browser) {}

  call(method: string, path: string, body?: unknown): Promise<unknown> {
    return call(this.token, method, path, body);
  }

  agent(method: string, path: string, body?: unknown): Promise<unknown> {
    return call(this.agentToken, method, path, body);
  }

  async open(path = "/", options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ timezoneId: "Europe/Berlin", ...options });
    const page = await context.newPage();
    await page.route("**/api/auth/token", (route) =>
      route.fulfill({ json: { token: this.token } }),
    );
    await page.goto(new URL(path, WEB).href);
    return page;
  }
}

/** What axe finds on the page as it stands: nothing, that is. */
export async function complaintsOf(page: Page): Promise<string[]> {
  // Its source runs by the debugger, which no content security policy stops.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const run = (window as unknown as { axe: typeof axe }).axe.run;
    const { violations } = await run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

/** The titles that the list shows, from the top. */
export function titlesOn(page: Page): Promise<string[]> {
  return page.getByRole("list", { name: "Tasks" }).locator("[data-title]").allInnerTexts();
}
