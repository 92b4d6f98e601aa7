import { randomBytes } from "node:crypto";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { PROOF_HEADER } from "@/auth/proof-header";

import { someAddress } from "./addresses";
import { closeBrowser, Visitor } from "./browser";
import { LocalServer } from "./local-server";
import { type OnePage, startPage } from "./one-page";

const GITHUB = "https://github.com/login/oauth/authorize**";

let web: string;
let page: OnePage;
let ann: Visitor;
let login: string;

/** A page of the same product, whose process replaces GitHub. */
beforeAll(async () => {
  page = await startPage({
    NODE_OPTIONS: `--import ${new URL("fake-github.mjs", import.meta.url).href}`,
    GITHUB_CLIENT_ID: "known",
    GITHUB_CLIENT_SECRET: "to nobody",
  });
  web = page.web;
}, 60_000);

afterAll(async () => {
  await closeBrowser();
  await page.stop();
});

beforeEach(async () => {
  ann = await Visitor.arrive({ baseURL: web });
  login = `ann-${randomBytes(8).toString("hex")}`;
  // The person is signed in at GitHub, which redirects back at once.
  await ann.page.route(GITHUB, async (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const back = new URL(asked.get("redirect_uri") ?? "");
    back.search = new URLSearchParams({ code: login, state: asked.get("state") ?? "" }).toString();
    await route.fulfill({ status: 302, headers: { Location: back.href } });
  });
});

afterEach(() => ann.context.close()); // not `leave`, because GitHub is another host

async function token(headers: Record<string, string>): Promise<number> {
  return (await ann.page.request.get("/api/auth/token", { headers })).status();
}

test("GitHub signs a person in, only in the browser that began it", async () => {
  await ann.page.goto("/sign-in?next=%2Faccount");
  await ann.page.getByRole("button", { name: "Continue with GitHub" }).click();
  await ann.page.waitForURL(`${web}/account`);
  await ann.page.getByText(`${login}@example.com`).waitFor();
  expect(await token(await ann.shown())).toBe(200);
  expect(await token({})).toBe(403);
});

test("a sign-in that another server of the host began is not finished for it", async () => {
  const proof = randomBytes(32).toString("base64url");
  const begun = await fetch(`${web}/api/auth/sign-in/social`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Forwarded-For": someAddress(),
      Origin: web,
      [PROOF_HEADER]: proof,
    },
    body: JSON.stringify({ provider: "github", callbackURL: "/" }),
  });
  const { url } = (await begun.json()) as { url: string };
  const thief = await LocalServer.at("localhost");
  thief.sets = begun.headers.getSetCookie();
  expect(thief.sets.join()).toContain("surelist.state=");
  await ann.page.goto(thief.url);
  await ann.page.goto("/sign-in"); // this browser has its own proof
  await ann.page.goto(url);
  await ann.page.getByText("This sign-in was not started on this page").waitFor();
  const names = (await ann.context.cookies()).map(({ name }) => name);
  expect(names).not.toContain("surelist.session_token");
  thief.close();
});
