import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect, inject } from "vitest";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
export const PASSWORD = "a sentence is a good one";

let browser: Promise<Browser> | undefined;
let number = 0;

/** One person at their own browser, which must ask no other host and break no policy. */
export class Visitor {
  private readonly complaints: string[] = [];
  readonly email = `visitor-${String(Date.now())}-${String((number += 1))}@example.com`;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    const own = inject("web");
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== own && !isLoopback(origin)) {
        this.complaints.push(`asked ${request.url()}`);
      }
    });
  }

  static async arrive(): Promise<Visitor> {
    browser ??= chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    const context = await (await browser).newContext({ baseURL: inject("web") });
    return new Visitor(context, await context.newPage());
  }

  async signUp(): Promise<this> {
    await this.page.goto("/sign-up");
    await this.fillIn(PASSWORD);
    await this.page.getByRole("button", { name: "Make the account" }).click();
    await this.page.waitForURL(inject("web") + "/");
    return this;
  }

  async fillIn(password: string): Promise<void> {
    await this.page.getByLabel("E-mail").fill(this.email);
    await this.page.getByLabel("Password").fill(password);
  }

  /** The token that the page itself would use. */
  async token(): Promise<string> {
    const answer = await this.page.request.get("/api/auth/token");
    return ((await answer.json()) as { token: string }).token;
  }

  async leave(): Promise<void> {
    await this.context.close();
    expect(this.complaints).toEqual([]);
  }
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

function isLoopback(origin: string): boolean {
  return new URL(origin).hostname === "localhost";
}
