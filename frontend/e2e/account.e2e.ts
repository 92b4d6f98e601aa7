import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { callRest } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { askPeople } from "./database";
import { product } from "./product";
import { titlesOn } from "./seen";

const NEW_PASSWORD = "another sentence, and a longer one";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

/** Another browser in which Ann has signed in. */
async function anotherBrowser(userAgent = FIREFOX): Promise<Visitor> {
  const other = await Visitor.arrive({ userAgent });
  await other.page.goto("/sign-in");
  await other.page.getByLabel("E-mail").fill(ann.email);
  await other.page.getByLabel("Password").fill(PASSWORD);
  await other.page.getByRole("button", { name: "Sign in" }).click();
  await other.page.waitForURL(`${product.web}/`);
  return other;
}

/** Posts as a program does that has what the browser has. */
async function post(visitor: Visitor, path: string, data: object, headers: object = {}) {
  const answer = await visitor.page.request.post(`/api/auth${path}`, {
    data,
    headers: {
      ...(await visitor.shown()),
      "X-Surelist-Person": await visitor.id(),
      ...headers,
    },
  });
  const body = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status(), code: body["code"], body };
}

async function sessionsOf(visitor: Visitor) {
  const headers = { ...(await visitor.shown()), "X-Surelist-Person": await visitor.id() };
  const answer = await visitor.page.request.get("/api/auth/sessions", { headers });
  return ((await answer.json()) as { sessions: { id: string; device: string }[] }).sessions;
}

async function signsInWith(password: string): Promise<number> {
  const body = JSON.stringify({ email: ann.email, password });
  const headers = {
    "Content-Type": "application/json",
    Origin: product.web,
    "X-Forwarded-For": "203.0.113.77",
  };
  const url = `${product.web}/api/auth/sign-in/email`;
  return (await fetch(url, { method: "POST", headers, body })).status;
}

async function changePassword(current: string, next: string): Promise<void> {
  const dialog = ann.page.getByRole("dialog", { name: "Change the password" });
  await dialog.getByLabel("Current password").fill(current);
  await dialog.getByLabel("New password").fill(next);
  await dialog.getByRole("button", { name: "Change the password" }).click();
}

async function openPasswordDialog(): Promise<void> {
  const page = await ann.open("/account");
  await page.getByRole("button", { name: "Change the password" }).click();
}

test("a person changes the name, and a name of nothing is refused at its field", async () => {
  const page = await ann.open("/account");
  const field = page.getByLabel("Your name");
  await field.fill("🎉");
  await field.press("Enter");
  await page.getByText("A name needs a letter or a digit.").waitFor();
  await field.fill("  Ann Ōshiro ");
  await field.press("Enter");
  await page.getByText("You are signed in as Ann Ōshiro").waitFor();
  await page.getByRole("link", { name: "Tasks", exact: true }).click();
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await page.getByText("You are signed in as Ann Ōshiro").waitFor();
  await page.reload();
  await expect.poll(() => field.inputValue()).toBe("Ann Ōshiro");
});

test("a new password needs the current one, ends everything else, and not this session", async () => {
  const other = await anotherBrowser();
  const key = await ann.agentKey();
  await openPasswordDialog();
  await changePassword("not the password at all", NEW_PASSWORD);
  await ann.page.getByText("That is not your password.").waitFor();
  await changePassword(PASSWORD, "short");
  await ann.page.getByText("The password needs at least 10 characters.").waitFor();
  await changePassword(PASSWORD, "qwertyuiop");
  await ann.page.getByText("Many people use this password").waitFor();
  expect((await callRest(key, "/tasks")).status).toBe(200);
  await changePassword(PASSWORD, NEW_PASSWORD);
  await ann.page.getByText("The password is changed.").first().waitFor();
  expect(await signsInWith(PASSWORD)).toBe(401);
  await expect
    .poll(async () => (await callRest(key, "/tasks")).status, { timeout: 10_000 })
    .toBe(401);
  await other.page.getByText("Your session ended.").waitFor(); // by the end of its feed
  await ann.page.getByText("This browser").waitFor();
  await ann.open("/");
  await ann.page.getByLabel("Add a task").fill("Still here");
  await ann.page.keyboard.press("Enter");
  await expect.poll(() => titlesOn(ann.page)).toEqual(["Still here"]);
  expect(await signsInWith(NEW_PASSWORD)).toBe(200);
  await other.leave();
});

test("a new password leaves agents and keys when the person says so", async () => {
  const key = await ann.agentKey();
  await openPasswordDialog();
  await ann.page.getByLabel("Also disconnect all agents and keys").uncheck();
  await changePassword(PASSWORD, NEW_PASSWORD);
  await ann.page
    .getByText("The password is changed. All other sessions are ended.")
    .first()
    .waitFor();
  expect(await signsInWith(NEW_PASSWORD)).toBe(200);
  expect((await callRest(key, "/tasks")).status).toBe(200);
});

test("wrong current passwords are guesses, and must wait", async () => {
  const change = (currentPassword: string) =>
    post(ann, "/change-password", { currentPassword, newPassword: NEW_PASSWORD });
  const tooShort = { currentPassword: PASSWORD, newPassword: "short" };
  for (let at = 0; at < 9; at += 1) expect((await change("not it at all")).status).toBe(400);
  expect((await post(ann, "/change-password", tooShort)).status).toBe(400); // counts as no guess
  expect(await signsInWith(PASSWORD)).toBe(200); // another browser is counted by itself
  await askPeople(`DELETE FROM "rateLimit"`);
  expect((await change("not it at all")).status).toBe(400);
  expect((await change(PASSWORD)).status).toBe(429);
});

test("a person sees where they are signed in, and ends one session or all others", async () => {
  const others = [await anotherBrowser(), await anotherBrowser(), await anotherBrowser()];
  const page = await ann.open("/account");
  const list = page.getByRole("region", { name: "Sessions" });
  await list.getByText("This browser").waitFor();
  expect(await list.getByText("Firefox on Linux").count()).toBe(3);
  await list
    .getByRole("button", { name: /^End the session of Firefox on Linux/ })
    .first()
    .click();
  await page.getByText("The session is ended").first().waitFor();
  await expect.poll(() => list.getByText("Firefox on Linux").count()).toBe(2);
  const [id] = (await sessionsOf(ann)).map((session) => session.id);
  await list.getByRole("button", { name: "End all other sessions" }).click();
  await expect.poll(() => list.getByRole("listitem").count()).toBe(1);
  expect((await sessionsOf(ann)).map((session) => session.id)).toEqual([id]);
  for (const other of others) {
    await other.page.getByText("Your session ended.").waitFor();
    await other.leave();
  }
});

test("an open page of an ended session goes to sign in when it is used", async () => {
  const other = await anotherBrowser();
  await other.open("/account");
  await other.page.getByText("This browser").waitFor();
  const { body } = await post(ann, "/sessions/end", {});
  expect(body).toEqual({ ended: 1 });
  await other.page.getByLabel("Your name").fill("Another");
  await other.page.keyboard.press("Enter");
  await other.page.getByText("Your session ended.").waitFor();
  await other.leave();
});

test("nobody else reaches a person's sessions, name or password", async () => {
  const bob = await Visitor.withAccount();
  const [ofAnn] = await sessionsOf(ann);
  expect(await post(bob, "/sessions/end", { id: ofAnn?.id })).toMatchObject({ body: { ended: 0 } });
  expect(await sessionsOf(ann)).toHaveLength(1);
  const asked: [string, object][] = [
    ["/update-user", { name: "Mallory" }],
    ["/change-password", { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }],
    ["/sessions/end", {}],
  ];
  const noProof = { "X-Surelist-Proof": "" };
  for (const [path, data] of asked) {
    expect(await post(ann, path, data, noProof)).toMatchObject({
      status: 403,
      code: "PROOF_NEEDED",
    });
    const ofBob = { "X-Surelist-Person": await bob.id() };
    expect(await post(ann, path, data, ofBob)).toMatchObject({
      status: 409,
      code: "ANOTHER_PERSON",
    });
    const foreign = { Origin: "http://localhost:9" };
    expect(await post(ann, path, data, foreign)).toMatchObject({ status: 403 });
    const more = { ...data, image: "https://evil.example/x.png", role: "admin" };
    expect(await post(ann, path, more)).toMatchObject({ status: 400, code: "UNKNOWN_PARAMETER" });
  }
  const unproven = { ...(await ann.shown()), ...noProof };
  const listed = await ann.page.request.get("/api/auth/sessions", { headers: unproven });
  expect(listed.status()).toBe(403);
  expect((await fetch(`${product.web}/api/auth/sessions`)).status).toBe(401);
  expect(await signsInWith(PASSWORD)).toBe(200);
  await bob.leave();
});

test("the list of sessions has no token, and keeps a bounded part of what a browser calls itself", async () => {
  const other = await anotherBrowser("x".repeat(4000));
  const headers = { ...(await ann.shown()), "X-Surelist-Person": await ann.id() };
  const listed = await (await ann.page.request.get("/api/auth/sessions", { headers })).text();
  const rows = await askPeople<{ token: string; userAgent: string }>(
    `SELECT token, "userAgent" FROM session WHERE "userId" = $1`,
    [await ann.id()],
  );
  expect(rows).toHaveLength(2);
  for (const { token, userAgent } of rows) {
    expect(listed).not.toContain(token);
    expect(userAgent.length).toBeLessThanOrEqual(500);
  }
  await other.leave();
});
