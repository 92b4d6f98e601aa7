import { createServer, type Server } from "node:http";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { madeFor } from "@/auth/person-header";

import { closeBrowser, PASSWORD, Visitor } from "./browser";
import { type OnePage, startPage } from "./one-page";
import { freePort } from "./ports";

const SECONDS_TO_BE_TOLD = 20;

let port: number;
let page: OnePage;
let api: Server | undefined;
let ann: Visitor;

/** A page whose API does not answer. */
beforeAll(async () => {
  port = await freePort();
  page = await startPage({ SURELIST_API_INTERNAL: `http://127.0.0.1:${String(port)}` });
}, 60_000);

afterEach(async () => {
  api?.close();
  await ann.leave();
});

afterAll(async () => {
  await closeBrowser();
  await page.stop();
});

test("a person can sign out without the API, which is informed when it is back", async () => {
  ann = await Visitor.withAccount({ baseURL: page.web });
  const id = await ann.id();
  const out = await ann.page.request.post("/api/auth/sign-out", {
    data: {},
    headers: await ann.shown(),
  });
  expect(out.status()).toBe(200);
  const token = await ann.page.request.get("/api/auth/token", { headers: await ann.shown() });
  expect(token.status()).toBe(401);
  const heard: string[] = [];
  api = createServer((request, response) => {
    heard.push(`${request.method ?? ""} ${request.url ?? ""}`);
    response.writeHead(204).end();
  }).listen(port, "127.0.0.1");
  await expect
    .poll(() => heard, { timeout: SECONDS_TO_BE_TOLD * 1000 })
    .toEqual([`POST /api/${id}/sessions/end`]);
});

test("nobody is deleted, and no agent disconnected, where the list cannot be reached", async () => {
  ann = await Visitor.withAccount({ baseURL: page.web });
  const headers = { ...(await ann.shown()), ...madeFor(await ann.id()) };
  for (const [path, data] of [
    ["/delete-user", {}],
    ["/connections/disconnect", { client_id: "x" }],
  ] as const) {
    const answer = await ann.page.request.post(`/api/auth${path}`, { data, headers });
    expect(answer.status(), path).toBe(502);
  }
  const again = await ann.page.request.post("/api/auth/sign-in/email", {
    data: { email: ann.email, password: PASSWORD },
    headers: await ann.shown(),
  });
  expect(again.status()).toBe(200);
});
