import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import { PROOF_HEADER } from "@/auth/proof-header";

import { someAddress } from "./addresses";
import { Agent } from "./agent";
import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { LocalServer } from "./local-server";
import { product } from "./product";

const FORM = "application/x-www-form-urlencoded";
const PAGES = ["/sign-in", "/sign-up", "/forgot-password", "/reset-password?token=x", "/consent"];
const SESSION = "session_token";

let ann: Visitor;

beforeEach(async () => {
  ann = await Visitor.withAccount();
});

afterEach(() => ann.leave());
afterAll(closeBrowser);

/** Sends a form as a program would. */
function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(product.web + path, {
    method: "POST",
    redirect: "manual",
    headers: {
      "Content-Type": FORM,
      Origin: product.web,
      "X-Forwarded-For": someAddress(),
      Cookie: "surelist.cookies=1",
      ...headers,
    },
    body,
  });
}

const signInBody = (email: string) => new URLSearchParams({ email, password: PASSWORD }).toString();

test("a consent of a browser without scripts has its proof only in the page itself", async () => {
  const agent = await Agent.register();
  const bob = await Visitor.withAccount({ javaScriptEnabled: false });
  await bob.context.clearCookies();
  const { page } = bob;
  await page.goto(agent.authorizeUrl());
  await bob.fillIn(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Allow", exact: true }).waitFor();
  const proof = await page.locator("input[name=proof]").inputValue();
  expect(proof).toHaveLength(43);
  expect(page.url()).not.toContain(proof);
  expect(JSON.stringify(await bob.context.cookies())).not.toContain(proof);
  await page.goto(agent.authorizeUrl()); // opened again, the page has no proof
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await page.getByText("Your session was not started on this page").waitFor();
  agent.close();
  await bob.leave();
});

test("a form of another origin signs nobody in, and no password is tried", async () => {
  const elsewhere: Record<string, string>[] = [
    { Origin: "https://evil.example" },
    { Origin: product.web.replace(/\d+$/, "1") },
    { Origin: "null" },
    { Origin: "" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ];
  for (const headers of elsewhere) {
    for (const path of PAGES) {
      const answer = await post(path, signInBody(ann.email), headers);
      expect(answer.status, `${path} ${JSON.stringify(headers)}`).toBe(403);
      expect(answer.headers.getSetCookie().join()).not.toContain(SESSION);
    }
  }
  expect((await post("/sign-in", signInBody(ann.email))).status).toBe(303);
});

test("a page of another port of this host cannot send the form for its visitor", async () => {
  const server = await LocalServer.at("localhost");
  const page = await ann.context.newPage(); // a page without the checks of Visitor
  await ann.context.clearCookies();
  await page.goto(`${product.web}/sign-in`); // sets the cookie of the check
  await page.goto(server.url);
  await page.setContent(`<form method="post" action="${product.web}/sign-in">
    <input name="email" value="${ann.email}" /><input name="password" value="${PASSWORD}" />
    <button>Go</button></form>`);
  await page.getByRole("button", { name: "Go" }).click();
  await page.getByText("The form was not sent by this site.").waitFor();
  expect((await ann.context.cookies()).map(({ name }) => name).join()).not.toContain(SESSION);
  server.close();
});

test("hostile bodies are refused on every form, in words that are constant", async () => {
  for (const path of PAGES) {
    const marker = "zqmarkerzq";
    for (const [body, status, type] of [
      [`${marker}=1`, 400, FORM],
      ["email=a&email=b&person=a&person=b&token=a&token=b", 400, FORM],
      ["email=%00", 400, FORM],
      [JSON.stringify({ email: marker }), 415, "application/json"],
      [`email=${marker}`, 415, "text/plain"],
      ["--x\r\n\r\n--x--", 415, "multipart/form-data; boundary=x"],
      [`email=${"x".repeat(70_000)}`, 413, FORM],
    ] as const) {
      const answer = await post(path, body, { "Content-Type": type });
      expect(answer.status, `${path} ${body.slice(0, 40)}`).toBe(status);
      expect(await answer.text()).not.toContain(marker);
    }
    expect((await post(path, "")).status, path).toBeLessThan(500);
  }
});

test("no value of a form or of its address becomes markup", async () => {
  const hostile = `"><img src=x onerror=alert(1)>`;
  const query = new URLSearchParams({ next: hostile, error: hostile, reason: hostile }).toString();
  const body = new URLSearchParams({ email: hostile, password: "x" }).toString();
  for (const answer of [
    await post(`/sign-in?${query}`, body),
    await post(`/sign-up?${query}`, body),
    await fetch(`${product.web}/sign-in?${query}`),
    await fetch(`${product.web}/reset-password?token=${encodeURIComponent(hostile)}`),
  ]) {
    expect(await answer.text()).not.toContain("<img");
  }
});

test("the forms lead to no other site, whatever their address says", async () => {
  for (const next of [
    "https://evil.example/",
    "//evil.example",
    "/.//evil.example",
    "/\\evil.example",
  ]) {
    const path = `/sign-in?${new URLSearchParams({ next }).toString()}`;
    const answer = await post(path, signInBody(ann.email));
    expect([answer.status, answer.headers.get("Location")], next).toEqual([303, "/"]);
  }
});

test("guesses by the form wait as others do", async () => {
  const bob = await Visitor.withAccount();
  const guess = () =>
    post("/sign-in", new URLSearchParams({ email: bob.email, password: "not it" }).toString());
  const statuses = [];
  for (let at = 0; at < 11; at += 1) statuses.push((await guess()).status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  expect(statuses.at(-1)).toBe(429);
  expect((await post("/sign-in", signInBody(bob.email))).status).toBe(429);
  await bob.page.goto("/sign-in"); // this browser has signed in before
  await bob.fillIn(PASSWORD);
  await bob.page.getByRole("button", { name: "Sign in" }).click();
  await bob.page.waitForURL(`${product.web}/`);
  await bob.leave();
});

test("a consent is answered once, also when the page is opened again", async () => {
  const agent = await Agent.register();
  const redirected = agent.redirected();
  const { page } = ann;
  await page.goto(agent.authorizeUrl());
  await page.getByRole("button", { name: "Allow", exact: true }).waitFor();
  const asked = page.url();
  const fields = await page
    .locator("form")
    .evaluate((form: HTMLFormElement) =>
      Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string")),
    );
  await ann.answerConsent("Do not allow");
  await redirected;
  await page.goto(asked);
  await page.getByText("You have answered this already").waitFor();
  const body = { ...fields, proof: (await ann.shown())[PROOF_HEADER] ?? "", answer: "allow" };
  const answer = await page.request.post("/consent", {
    form: body,
    headers: { Origin: product.web },
  });
  expect(answer.status()).toBe(409);
  expect(await ann.call("GET", "/agents")).toEqual({ agents: [] });
  agent.close();
});

test("the form of consent is refused without the proof, and for another person", async () => {
  const agent = await Agent.register();
  const asked = await agent.ask(ann);
  const shown = await ann.shown();
  const good = {
    oauth_query: asked.search.slice(1),
    person: await ann.id(),
    proof: shown[PROOF_HEADER] ?? "",
    answer: "allow",
  };
  const send = async (changes: Record<string, string>) => {
    const answer = await ann.page.request.post("/consent", {
      form: { ...good, ...changes },
      headers: { Origin: product.web },
      maxRedirects: 0,
    });
    return { status: answer.status(), location: answer.headers()["location"] ?? "" };
  };
  for (const proof of ["", "x".repeat(43)]) {
    expect((await send({ proof })).location, proof).toContain("/sign-in?next=%2Fconsent");
  }
  for (const person of ["", "somebody-else"]) {
    expect((await send({ person })).location, person).toContain("/api/auth/oauth2/authorize?");
  }
  const forged = good.oauth_query.replace("tasks%3Aread+", "tasks%3Aread+conversations%3Aread+");
  expect((await send({ oauth_query: forged })).location).toContain("/oauth2/authorize?");
  expect(await ann.call("GET", "/agents")).toEqual({ agents: [] });
  expect((await send({})).status).toBe(200);
  agent.close();
});
