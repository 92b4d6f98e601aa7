import { execFileSync } from "node:child_process";

import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { madeFor } from "@/auth/person-header";

import { someAddress } from "./addresses";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { product } from "./product";
import { GITHUB_CLIENT, PROXY, SURELIST, withoutSettings } from "./stack";

const MOST_GUESSES = 15; // specs/auth.md

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.arrive();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const sessionOf = async (visitor: Visitor) =>
  (await visitor.context.cookies()).find((cookie) => cookie.name.includes("session_token"));

async function signInBy(visitor: Visitor, next?: string): Promise<void> {
  const query = next === undefined ? "" : `?${new URLSearchParams({ next }).toString()}`;
  await visitor.page.goto(`/sign-in${query}`);
  await visitor.fillIn(PASSWORD);
  await visitor.page.getByRole("button", { name: "Sign in" }).click();
  await visitor.page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

test("a session is new at each sign-in, whatever the browser brought along", async () => {
  const planted = { name: "surelist.session_token", value: "planted", url: product.web };
  await ann.context.addCookies([planted]);
  await ann.signUp();
  const first = await sessionOf(ann);
  expect(first?.value).not.toBe("planted");
  expect(first).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  await signInBy(ann);
  expect((await sessionOf(ann))?.value).not.toBe(first?.value);
});

test("without scripts, no password goes into the address", async () => {
  for (const path of ["/sign-in", "/sign-up", "/reset-password?token=x"]) {
    const early = await Visitor.arrive({ javaScriptEnabled: false });
    const { page } = early;
    for (const send of ["Enter", "submit"]) {
      await page.goto(path);
      const password = page.locator("input[name=password]");
      await password.fill(PASSWORD);
      const loaded = page.waitForEvent("load");
      if (send === "Enter") await password.press("Enter");
      // Like some password managers.
      else
        await page
          .locator("form")
          .first()
          .evaluate((form: HTMLFormElement) => form.submit());
      await loaded;
      expect(page.url(), path).toBe(product.web + path);
    }
    await early.leave();
  }
});

test("a wrong password is refused without saying which of the two is wrong", async () => {
  await ann.page.goto("/sign-in");
  await ann.fillIn("not the password at all");
  await ann.page.getByRole("button", { name: "Sign in" }).click();
  const alert = ann.page.getByText("The address or the password is wrong.");
  await alert.waitFor();
});

test("a link of surelist reset-password gives a new password, once, and ends every session", async () => {
  await ann.signUp();
  const words = ["reset-password", ann.email, "--data", product.data];
  const env = withoutSettings({ SURELIST_WEB_URL: product.web });
  const link = execFileSync(SURELIST, words, { encoding: "utf8", env }).trim();
  const anew = "another sentence, and a longer one";
  const choose = async () => {
    await ann.page.goto(link);
    await ann.page.getByLabel("New password").fill(anew);
    await ann.page.getByRole("button", { name: "Change the password" }).click();
  };
  await choose();
  await ann.page.getByRole("heading", { name: "The password is changed" }).waitFor();
  await ann.page.goto("/");
  await ann.page.waitForURL((url) => url.pathname === "/sign-in");
  await ann.fillIn(anew);
  await ann.page.getByRole("button", { name: "Sign in" }).click();
  await ann.page.waitForURL(`${product.web}/`);
  await choose();
  await ann.page.getByText("This link was used already or has expired.").waitFor();
});

test("signing in redirects to no other site", async () => {
  const bob = await Visitor.withAccount();
  for (const next of ["https://evil.example/", "/.//evil.example"]) {
    await signInBy(bob, next);
    expect(new URL(bob.page.url()).origin).toBe(product.web);
  }
  const evil = "callbackURL=https%3A%2F%2Fevil.example%2F";
  for (const path of [`/verify-email?token=x&${evil}`, `/reset-password/x?${evil}`]) {
    const answer = await bob.page.request.get(`/api/auth${path}`, { maxRedirects: 0 });
    expect(answer.headers()["location"] ?? "", path).not.toContain("//evil.example");
  }
  await bob.leave();
});

test("a page of a person redirects a stranger to sign in, and then back", async () => {
  const shown = await ann.page.request.get("/connect?from=here", { maxRedirects: 0 });
  expect(shown.status()).toBe(307);
  await ann.page.goto("/connect?from=here");
  await ann.page.getByRole("link", { name: "Make an account" }).click();
  await ann.page.getByRole("heading", { name: "Make an account" }).waitFor();
  await ann.fillIn(PASSWORD);
  await ann.page.getByRole("button", { name: "Make the account" }).click();
  await ann.page.waitForURL(`${product.web}/connect?from=here`);
});

test("with an account at GitHub the browser is led there, to be sent back here", async () => {
  const page = await ann.context.newPage(); // a page without the checks of Visitor
  await page.route("https://github.com/**", (route) => route.fulfill({ body: "GitHub" }));
  await page.goto("/sign-in?next=%2Fconnect");
  await page.getByRole("button", { name: "Continue with GitHub" }).click();
  await page.waitForURL("https://github.com/**");
  const asked = new URL(page.url());
  expect(asked.pathname).toBe("/login/oauth/authorize");
  expect(asked.searchParams.get("client_id")).toBe(GITHUB_CLIENT);
  expect(asked.searchParams.get("redirect_uri")).toBe(`${product.web}/api/auth/callback/github`);
});

test("another site cannot change anything for a signed-in person", async () => {
  await ann.signUp();
  const { Origin: own, ...proof } = await ann.shown();
  const shown = { ...proof, ...madeFor(await ann.id()) };
  const elsewhere: Record<string, string>[] = [
    { Origin: `${own ?? ""}.evil.example` },
    { Origin: "null" },
    {},
  ];
  for (const path of ["/oauth2/consent", "/sign-out", "/connections/disconnect", "/delete-user"]) {
    for (const headers of elsewhere) {
      const answer = await ann.page.request.post(`/api/auth${path}`, {
        data: { accept: true, client_id: "x" },
        headers: { ...shown, ...headers },
      });
      expect(answer.status(), path).toBe(403);
    }
  }
  expect(await ann.token()).toBeTruthy();
});

test("no site can frame a page, and a page runs only this server's scripts", async () => {
  const bob = await Visitor.withAccount();
  for (const path of ["/", "/connect", "/account", "/sign-in", "/sign-up", "/no-such-page"]) {
    const headers = (await bob.page.request.get(path)).headers();
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).toContain("default-src 'none'");
    const forms = path.startsWith("/sign-");
    expect(policy, path).toMatch(
      forms
        ? /script-src 'nonce-[^']{20,}';/
        : /script-src 'self' 'nonce-[^']{20,}' 'strict-dynamic';/,
    );
    expect(policy, path).toContain("form-action 'self';");
    expect(policy, path).not.toContain("unsafe");
    expect(headers["x-frame-options"], path).toBe("DENY");
  }
  await bob.leave();
});

function guess(number: number, from: string): Promise<number> {
  return fetch(`${product.web}/api/auth/sign-in/email`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Forwarded-For": from,
      Origin: product.web,
    },
    // A new account each time, because guesses at one account are limited (guesses.e2e.ts).
    body: JSON.stringify({ email: `nobody-${number}@example.com`, password: "a good guess" }),
  }).then(({ status }) => status);
}

test("guessing passwords is stopped after a while, also when it is done all at once", async () => {
  const from = someAddress();
  const statuses = await Promise.all(
    Array.from({ length: 2 * MOST_GUESSES }, (_, at) => guess(at, from)),
  );
  expect(statuses.filter((status) => status === 401).length).toBe(MOST_GUESSES);
  expect(statuses.filter((status) => status === 429).length).toBe(MOST_GUESSES);
});

test("behind a trusted proxy each caller is counted separately, whatever headers they send", async () => {
  const guesser = someAddress();
  const asked = (from: string) => `${from}, 2001:db8::1, ${PROXY}`;
  for (let at = 0; at < MOST_GUESSES; at += 1) {
    expect(await guess(at, asked(`${someAddress()}, ${guesser}`))).toBe(401);
  }
  expect(await guess(MOST_GUESSES, asked(guesser))).toBe(429);
  expect(await guess(0, asked(someAddress()))).toBe(401);
});

test("no window that opened the list has a hold on it, but one does on the way to an agent", async () => {
  const policy = "cross-origin-opener-policy";
  const of = async (path: string) =>
    (await ann.page.request.get(path, { maxRedirects: 0 })).headers()[policy];
  await ann.signUp();
  for (const path of ["/", "/connect", "/account", "/sign-in-elsewhere", "/consent/more"]) {
    expect(await of(path), path).toBe("same-origin");
  }
  const way = ["/api/auth/oauth2/authorize?x=y", "/sign-in?x=y", "/consent?x=y", "/sign-in-error"];
  for (const path of [...way, "/sign-up", "/forgot-password", "/reset-password"]) {
    expect(await of(path), path).toBeUndefined();
  }
});
