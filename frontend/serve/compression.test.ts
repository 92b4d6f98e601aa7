import { createRequire } from "node:module";
import type * as Http from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

import { afterAll, beforeAll, expect, test } from "vitest";

import { compressing } from "./compression.mjs";

const LONG = "a line of text\n".repeat(1000);
const SMALL = "short";

const http = { ...(createRequire(import.meta.url)("node:http") as typeof Http) };

type Answering = (response: Http.ServerResponse) => void;
let answering: Answering = () => undefined;
let server: Http.Server;

beforeAll(async () => {
  compressing(http);
  server = http.createServer((_: Http.IncomingMessage, response: Http.ServerResponse) => {
    answering(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

type Answer = { headers: Http.IncomingHttpHeaders; body: Buffer; text: string };

/** Requests the path. `onData` gets what has arrived so far. */
function get(
  path: string,
  answer: Answering,
  headers: Record<string, string> = {},
  onData: (body: Buffer) => void = () => undefined,
): Promise<Answer> {
  answering = answer;
  const { port } = server.address() as AddressInfo;
  const options = { port, path, headers: { "Accept-Encoding": "gzip, br", ...headers } };
  return new Promise((resolve, reject) => {
    http
      .get({ host: "127.0.0.1", ...options }, (response) => {
        let body = Buffer.alloc(0);
        response.on("data", (chunk: Buffer) => {
          body = Buffer.concat([body, chunk]);
          onData(body);
        });
        response.on("end", () => {
          const zipped = response.headers["content-encoding"] === "gzip";
          const text = (zipped ? gunzipSync(body) : body).toString();
          resolve({ headers: response.headers, body, text });
        });
      })
      .on("error", reject);
  });
}

const sends =
  (type: string, text: string, more: Record<string, string> = {}): Answering =>
  (response) => {
    response.writeHead(200, { "Content-Type": type, ...more });
    response.end(text);
  };

const encodingOf = async (...asked: Parameters<typeof get>) =>
  (await get(...asked)).headers["content-encoding"];

test.each(["text/html; charset=utf-8", "application/javascript", "application/json", "text/css"])(
  "text is compressed, and whole: %s",
  async (type) => {
    const length = { "Content-Length": String(LONG.length) };
    const { headers, body, text } = await get("/", sends(type, LONG, length));
    expect(headers["content-encoding"]).toBe("gzip");
    expect(headers.vary).toBe("Accept-Encoding");
    expect(headers["content-length"]).toBeUndefined();
    expect(body.length).toBeLessThan(LONG.length / 10);
    expect(text).toBe(LONG);
  },
);

test("nothing else is compressed", async () => {
  const html = sends("text/html", LONG);
  for (const [answer, headers] of [
    [html, { "Accept-Encoding": "br" }],
    [html, { "Accept-Encoding": "gzip;q=0" }],
    [sends("font/woff2", LONG)],
    [sends("text/html", SMALL, { "Content-Length": String(SMALL.length) })],
    [sends("text/html", LONG, { "Content-Encoding": "br" })],
    [sends("text/html", LONG, { "Cache-Control": "no-store, no-transform" })],
    [sends("application/json", LONG, { ETag: '"7-abc"' })],
  ] as [Answering, Record<string, string>?][]) {
    expect(await encodingOf("/", answer, headers)).not.toBe("gzip");
  }
  expect(await encodingOf("/", sends("text/css", LONG, { ETag: 'W/"7"' }))).toBe("gzip");
});

test("an answer with credentials is not compressed, nor a page that another site requested", async () => {
  const json = sends("application/json", LONG);
  for (const path of ["/api/auth/token", "/api/me/keys", "/api/me/keys?x=y"]) {
    expect(await encodingOf(path, json), path).toBeUndefined();
  }
  expect(await encodingOf("/api/me/tasks", json)).toBe("gzip");
  const html = sends("text/html", LONG);
  const script = sends("application/javascript", LONG);
  for (const site of ["cross-site", "same-site"]) {
    const headers = { "Sec-Fetch-Site": site };
    expect(await encodingOf("/?q=chosen", html, headers), site).toBeUndefined();
    expect(await encodingOf("/_next/static/x.js", script, headers), site).toBe("gzip");
  }
  expect(await encodingOf("/", html, { "Sec-Fetch-Site": "same-origin" })).toBe("gzip");
});

/** Sends a first part, and the rest only when the first has arrived. */
function inTwoParts(type: string, hasFirst: (body: Buffer) => boolean): Promise<Answer> {
  let arrived: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (arrived = resolve));
  const answer: Answering = (response) => {
    response.setHeader("Content-Type", type);
    response.write("first");
    void first.then(() => response.end(" last"));
  };
  return get("/", answer, {}, (body) => {
    if (hasFirst(body)) arrived();
  });
}

test("an event of a stream arrives before the next one, and is not compressed", async () => {
  const stream = await inTwoParts("text/event-stream", (body) => body.toString() === "first");
  expect(stream.headers["content-encoding"]).toBeUndefined();
  expect(stream.text).toBe("first last");
});

test("a part of a compressed page arrives before the rest", async () => {
  const page = await inTwoParts("text/html", (body) => body.length > 10); // the header of gzip
  expect(page.headers["content-encoding"]).toBe("gzip");
  expect(page.text).toBe("first last");
});

test("a large answer is sent at the speed of its reader", async () => {
  const part = "x".repeat(65_536);
  let written = 0;
  const { text } = await get("/", (response) => {
    response.setHeader("Content-Type", "text/plain");
    const more = (): void => {
      while (written < 200) {
        written += 1;
        if (!response.write(part)) {
          response.once("drain", more);
          return;
        }
      }
      response.end();
    };
    more();
  });
  expect(text.length).toBe(200 * part.length);
});

test("an answer without a body has none", async () => {
  const { headers, body } = await get("/", (response) => {
    response.writeHead(304, { "Content-Type": "text/html", ETag: 'W/"1"' }).end();
  });
  expect(headers["content-encoding"]).toBeUndefined();
  expect(body.length).toBe(0);
});
