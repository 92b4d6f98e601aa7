import { randomBytes } from "node:crypto";

import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { expect, inject } from "vitest";

import { PROOF_HEADER } from "@/auth/proof-header";

import { someAddress } from "./addresses";
import { claimsOf } from "./agent";
import { product } from "./product";
import { rest } from "./rest";

export const PASSWORD = "a sentence is a good one";

/** The page's storage key for the proof of its sessions. */
const KEPT = "surelist.proof";

let browser: Promise<Browser> | undefined;
let number = 0;

/** One person with their own browser. The browser must call no other host, violate no policy and
 * abort no navigation: an agent receives its answer once, and may then stop listening. */
export class Visitor {
  private readonly complaints: string[] = [];
  private kept: string | undefined;
  private agentToken: string | undefined;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly email: string,
    private readonly own: string,
    private readonly firstProof: string,
  ) {
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
    page.on("requestfailed", (request) => {
      if (request.isNavigationRequest()) this.complaints.push(`gave up going to ${request.url()}`);
    });
  }

  /** A new person, with their own IP address. */
  static async arrive(options: BrowserContextOptions = {}): Promise<Visitor> {
    number += 1;
    const email = `visitor-${String(Date.now())}-${String(number)}@example.com`;
    const own = options.baseURL ?? product.web;
    const proof = randomBytes(32).toString("base64url");
    const localStorage = [{ name: KEPT, value: proof }];
    const context = await (
      await theBrowser()
    ).newContext({
      baseURL: own,
      storageState: { cookies: [], origins: [{ origin: own, localStorage }] },
      timezoneId: "Europe/Berlin",
      extraHTTPHeaders: { "X-Forwarded-For": someAddress() },
      ...options,
    });
    return new Visitor(context, await context.newPage(), email, own, proof);
  }

  /** A person who has signed up with the form's request, without opening a page. */
  static async withAccount(options: BrowserContextOptions = {}): Promise<Visitor> {
    const visitor = await Visitor.arrive(options);
    await visitor.signUpByRequest(visitor.email);
    return visitor;
  }

  async signUp(): Promise<this> {
    this.kept = undefined;
    await this.page.goto("/sign-up");
    await this.fillIn(PASSWORD);
    await this.page.getByRole("button", { name: "Make the account" }).click();
    await this.page.waitForURL(product.web + "/");
    return this;
  }

  /** Signs up another person in another tab of the same browser; returns their address. */
  async makeWay(): Promise<string> {
    const email = `other-${this.email}`;
    await this.signUpByRequest(email);
    return email;
  }

  async fillIn(password: string): Promise<void> {
    await this.page.getByLabel("E-mail").fill(this.email);
    await this.page.getByLabel("Password").fill(password);
  }

  /** Answers the consent page, and waits until the browser has reached the agent: a pending
   * navigation would abort the next one. */
  async answerConsent(button: "Allow" | "Do not allow"): Promise<void> {
    await this.page.getByRole("button", { name: button, exact: true }).click();
    await this.page.waitForURL(({ origin }) => origin !== product.web);
  }

  private async signUpByRequest(email: string): Promise<void> {
    const answer = await this.page.request.post("/api/auth/sign-up/email", {
      data: { email, password: PASSWORD, name: email },
      headers: await this.shown(),
    });
    if (!answer.ok()) throw new Error(`Signing up: ${String(answer.status())}`);
  }

  /** The page's headers with this browser's proof. A session that starts with them belongs to this
   * browser. */
  async shown(): Promise<Record<string, string>> {
    const { origins } = await this.context.storageState();
    const home = origins.find(({ origin }) => origin === this.own);
    const kept = home?.localStorage.find(({ name }) => name === KEPT)?.value ?? this.firstProof;
    return { Origin: this.own, [PROOF_HEADER]: kept };
  }

  /** A token like the page's own. */
  async token(): Promise<string> {
    const answer = await this.page.request.get("/api/auth/token", { headers: await this.shown() });
    return ((await answer.json()) as { token: string }).token;
  }

  /** The user id. */
  async id(): Promise<string> {
    return String(claimsOf(await this.token())["sub"]);
  }

  /** A REST call of this person from another program. Rejects unless it succeeds. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    this.kept ??= await this.token(); // valid for longer than a test
    return rest(this.kept, method, path, body);
  }

  /** Adds tasks from another program, in this order. */
  async add(...titles: string[]): Promise<void> {
    for (const title of titles) await this.call("POST", "/tasks", { title });
  }

  /** A REST call of the person's agent, with a key. Rejects unless it succeeds. */
  async agent(method: string, path: string, body?: unknown): Promise<unknown> {
    return rest(await this.agentKey(), method, path, body);
  }

  /** The key of the person's agent. */
  async agentKey(): Promise<string> {
    if (!this.agentToken) {
      const key = { name: "Claude Code", scopes: ["tasks:read", "tasks:write"], days: 1 };
      this.agentToken = ((await this.call("POST", "/keys", key)) as { token: string }).token;
    }
    return this.agentToken;
  }

  async open(path = "/"): Promise<Page> {
    await this.page.goto(path);
    return this.page;
  }

  async leave(): Promise<void> {
    await this.context.close();
    expect(this.complaints).toEqual([]);
  }
}

export function theBrowser(): Promise<Browser> {
  return (browser ??= chromium.launch({
    executablePath: inject("chromium"),
    args: ["--no-sandbox"],
  }));
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

function isLoopback(origin: string): boolean {
  return ["localhost", "127.0.0.1"].includes(new URL(origin).hostname);
}
