import { connect, createServer, type Server, type Socket } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { closeBrowser, Visitor } from "./browser";
import { ownersUrl } from "./database";
import { type OnePage, startPage } from "./one-page";

const SECONDS_TO_BE_TOLD = 25;
const SECONDS_TO_RECOVER = 30;

let page: OnePage;
let proxy: Server;
/** The connections through which nothing passes any more. */
const lost = new Set<Socket>();
let passes = true;

/** A page between whose server and PostgreSQL connections are lost without notice. */
beforeAll(async () => {
  const url = new URL(ownersUrl("auth").replace("@/", "@localhost/"));
  const sockets = url.searchParams.get("host") ?? "";
  proxy = createServer((here) => {
    const there = connect(`${sockets}/.s.PGSQL.5432`);
    const forward = (from: Socket, to: Socket) =>
      from.on("data", (data) => {
        if (!passes) lost.add(here);
        if (!lost.has(here)) to.write(data);
      });
    forward(here, there);
    forward(there, here);
    for (const [one, other] of [
      [here, there],
      [there, here],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const { port } = proxy.address() as { port: number };
  url.searchParams.delete("host");
  url.searchParams.delete("port");
  url.host = `127.0.0.1:${String(port)}`;
  page = await startPage({ AUTH_DATABASE_URL: url.href.replaceAll("+", "%20") });
}, 60_000);

afterAll(async () => {
  await closeBrowser();
  await page.stop();
  proxy.close();
});

test("the page tells of a database that does not answer, and goes on when it does", async () => {
  const ann = await Visitor.withAccount({ baseURL: page.web });
  const token = async () => {
    const options = { timeout: SECONDS_TO_BE_TOLD * 1000, headers: await ann.shown() };
    return (await ann.page.request.get("/api/auth/token", options)).status();
  };
  expect(await token()).toBe(200);
  passes = false;
  expect(await token()).toBeGreaterThanOrEqual(500);
  passes = true;
  await expect.poll(token, { timeout: SECONDS_TO_RECOVER * 1000, interval: 2000 }).toBe(200);
  await ann.leave();
}, 90_000);
