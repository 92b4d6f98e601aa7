import { createRequire } from "node:module";
import type * as Http from "node:http";
import { type AddressInfo, connect } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { API_BODY_BYTES, BODY_BYTES, bound } from "./limits.mjs";

const UPGRADES = 500;

let server: Http.Server;
let port = 0;

beforeAll(async () => {
  const http = { ...(createRequire(import.meta.url)("node:http") as typeof Http) };
  bound(http, () => false, { toSend: 500, largeBodies: 2 * API_BODY_BYTES });
  server = http.createServer((request: Http.IncomingMessage, response: Http.ServerResponse) => {
    let body = 0;
    request.on("data", (chunk: Buffer) => (body += chunk.length));
    request.on("error", () => undefined);
    request.on("end", () => response.end(`${request.method ?? ""} ${body}`));
  });
  server.on("upgrade", () => undefined); // leaves the socket open, like Next.js
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** The bytes that the server sends until it closes the connection. */
function sent(...pieces: string[]): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(heard));
  });
}

const head = (...lines: string[]) => [...lines, "", ""].join("\r\n");
const websocket = head(
  "GET /metrics HTTP/1.1",
  "Host: x",
  "Connection: Upgrade",
  "Upgrade: websocket",
);

test("connections that ask for a web socket are closed, however many there are", async () => {
  const answers = await Promise.all(Array.from({ length: UPGRADES }, () => sent(websocket)));
  expect(answers.every((answer) => answer.startsWith("HTTP/1.1 400 "))).toBe(true);
});

test("a request that offers h2c is served whole, as if it had not", async () => {
  const offered = head(
    "POST / HTTP/1.1",
    "Host: x",
    "Connection: Upgrade, HTTP2-Settings, close",
    "Upgrade: h2c",
    "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
    "Content-Length: 5",
  );
  expect(await sent(offered + "he", "llo")).toMatch(/^HTTP\/1\.1 200 [^]*POST 5/);
});

test("a body beyond the bound is refused by its length, and while it is read", async () => {
  const post = (path: string, ...lines: string[]) =>
    head(`POST ${path} HTTP/1.1`, "Host: x", ...lines);
  const length = (bytes: number) => `Content-Length: ${String(bytes)}`;
  for (const [path, most] of [
    ["/", BODY_BYTES],
    ["/api/auth/sign-out", BODY_BYTES],
    ["/api/me/tasks", API_BODY_BYTES],
  ] as const) {
    expect(await sent(post(path, length(most + 1))), path).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = "x".repeat(most + 1);
    const chunked = `${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`;
    expect(await sent(post(path, "Transfer-Encoding: chunked"), chunked), path).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    const whole = "x".repeat(most);
    const taken = await sent(post(path, length(most), "Connection: close"), whole);
    expect(taken, path).toContain(`POST ${String(most)}`);
  }
});

test("large bodies that are under way at once are bounded, and small ones pass", async () => {
  const large = head(
    "POST /api/me/tasks HTTP/1.1",
    "Host: x",
    `Content-Length: ${String(API_BODY_BYTES)}`,
  );
  const unfinished = [sent(large), sent(large)];
  await expect.poll(() => sent(large + "x")).toMatch(/^HTTP\/1\.1 503 /);
  const small = head(
    "POST /api/me/tasks HTTP/1.1",
    "Host: x",
    "Content-Length: 1",
    "Connection: close",
  );
  expect(await sent(small + "x")).toMatch(/^HTTP\/1\.1 200 /);
  for (const answer of await Promise.all(unfinished)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  const whole = head(
    "POST /api/me/tasks HTTP/1.1",
    "Host: x",
    "Connection: close",
    `Content-Length: ${String(API_BODY_BYTES)}`,
  );
  expect(await sent(whole, "x".repeat(API_BODY_BYTES))).toMatch(/^HTTP\/1\.1 200 /);
});

test("a head too large, a head that does not end and a body that does not are refused", async () => {
  const large = head("GET / HTTP/1.1", "Host: x", `X-Large: ${"x".repeat(70_000)}`);
  expect(await sent(large)).toMatch(/^HTTP\/1\.1 431 /);
  expect(await sent("GET / HTTP/1.1\r\nHost: x\r\n")).toMatch(/^HTTP\/1\.1 408 /);
  const unfinished = head("POST / HTTP/1.1", "Host: x", "Content-Length: 5") + "he";
  expect(await sent(unfinished)).toMatch(/^HTTP\/1\.1 408 /);
});

test("the request target * is refused", async () => {
  expect(await sent(head("GET * HTTP/1.1", "Host: x"))).toMatch(/^HTTP\/1\.1 400 /);
});
