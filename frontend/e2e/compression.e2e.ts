import { afterAll, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { product } from "./product";

afterAll(closeBrowser);

test("pages, scripts and lists are compressed, and nothing that holds a credential", async () => {
  const ann = await Visitor.withAccount();
  await ann.add(
    ...Array.from({ length: 20 }, (_, at) => `A task with a long title, ${String(at)}`),
  );
  const authorization = { Authorization: `Bearer ${await ann.token()}` };
  const encodingOf = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await ann.page.request.get(path, { headers });
    expect(answer.status(), path).toBe(200);
    return answer.headers()["content-encoding"];
  };
  const html = await (await ann.page.request.get("/")).text();
  const script = /src="(\/_next\/static\/[^"]+\.js)/.exec(html)?.[1] ?? "";
  const style = /href="(\/_next\/static\/[^"]+\.css)/.exec(html)?.[1] ?? "";
  for (const path of ["/", script, style, "/forms.js"]) {
    expect(await encodingOf(path), path).toBe("gzip");
  }
  expect(await encodingOf("/api/me/tasks", authorization)).toBe("gzip");
  expect(await encodingOf("/api/auth/token", await ann.shown())).toBeUndefined();
  for (const path of ["/sign-in", "/sign-up", "/reset-password?token=x", "/sign-in-error"]) {
    expect(await encodingOf(path), path).toBeUndefined();
  }
  expect(await encodingOf("/?q=chosen", { "Sec-Fetch-Site": "cross-site" })).toBeUndefined();
  await ann.leave();
});

test("/_next/image does not exist", async () => {
  const query = "url=%2Ffavicon.svg&w=64&q=75";
  const { status } = await fetch(`${product.web}/_next/image?${query}`);
  expect(status).toBe(404);
});
