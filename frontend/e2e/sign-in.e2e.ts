import { afterAll, afterEach, beforeEach, expect, inject, test } from "vitest";

import { closeBrowser, PASSWORD, Visitor } from "./browser";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.arrive();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

const sessionOf = async (visitor: Visitor) =>
  (await visitor.context.cookies()).find((cookie) => cookie.name.includes("session_token"));

test("a session is new at each sign-in, whatever the browser brought along", async () => {
  const planted = { name: "surelist.session_token", value: "planted", url: inject("web") };
  await ann.context.addCookies([planted]);
  await ann.signUp();
  const first = await sessionOf(ann);
  expect(first?.value).not.toBe("planted");
  expect(first).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  await ann.page.goto("/sign-in");
  await ann.fillIn(PASSWORD);
  await ann.page.getByRole("button", { name: "Sign in" }).click();
  await ann.page.waitForURL(inject("web") + "/");
  expect((await sessionOf(ann))?.value).not.toBe(first?.value);
});

test("a wrong password is told in words, and not which of the two was wrong", async () => {
  await ann.page.goto("/sign-in");
  await ann.fillIn("not the password at all");
  await ann.page.getByRole("button", { name: "Sign in" }).click();
  const alert = ann.page.getByText("do not belong together");
  await alert.waitFor();
});

test.each(["https://evil.example/", "//evil.example", "/.//evil.example", "/\\evil.example"])(
  "signing in does not lead to %s",
  async (next) => {
    await ann.page.goto(`/sign-up?${new URLSearchParams({ next }).toString()}`);
    await ann.fillIn(PASSWORD);
    await ann.page.getByRole("button", { name: "Make the account" }).click();
    await ann.page.waitForURL((url) => !url.pathname.startsWith("/sign-up"));
    expect(new URL(ann.page.url()).origin).toBe(inject("web"));
  },
);

test("another site can neither consent, nor sign out, nor frame the page", async () => {
  await ann.signUp();
  for (const path of ["/oauth2/consent", "/sign-out", "/connections/disconnect"]) {
    const answer = await ann.page.request.post(`/api/auth${path}`, {
      data: { accept: true, client_id: "x" },
      headers: { Origin: "https://evil.example" },
    });
    expect(answer.status(), path).toBe(403);
  }
  const page = await ann.page.request.get("/");
  expect(page.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect(page.headers()["x-frame-options"]).toBe("DENY");
});

test("guessing passwords is stopped after a while", async () => {
  const statuses = [];
  for (let guess = 0; guess < 20; guess += 1) {
    const answer = await fetch(`${inject("web")}/api/auth/sign-in/email`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-Forwarded-For": "203.0.113.7",
        Origin: inject("web"),
      },
      body: JSON.stringify({ email: "nobody@example.com", password: `guess number ${guess}` }),
    });
    statuses.push(answer.status);
  }
  expect(statuses[0]).toBe(401);
  expect(statuses.at(-1)).toBe(429);
});
