/* Compression of text with gzip, also where no proxy stands in front of this server. Next.js has one
 * too, but it would delay events of a stream until its buffer is full. */

import { constants, createGzip } from "node:zlib";

/** Without text/event-stream: an event must not wait for the next one. */
const TEXT =
  /^(text\/(html|css|plain|javascript|x-component)|application\/(javascript|json|problem\+json)|image\/svg\+xml)\b/;

/** A shorter answer fits into one packet anyway. */
const LEAST_BYTES = 1024;

/** Files of the build, which are the same for everybody and contain no secret. */
const IS_PUBLIC = /^\/(_next\/static\/|forms\.js|favicon\.svg)/;

/** Answers with credentials: tokens of a session, agents and keys. */
const HOLDS_CREDENTIALS = /^\/api\/(auth\/|[^/]+\/keys\b)/;

/** Compresses the answers of every server that `http` creates.
 *
 * @param {typeof import("node:http")} http */
export function compressing(http) {
  const createServer = http.createServer.bind(http);
  http.createServer = /** @type {typeof http.createServer} */ (
    (/** @type {any} */ given, /** @type {any} */ listener) => {
      const answer = typeof given === "function" ? given : listener;
      const options = typeof given === "function" ? {} : given;
      return createServer(options, (request, response) => {
        compress(request, response);
        answer(request, response);
      });
    }
  );
}

/** Replaces the methods of the response that send something.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response */
function compress(request, response) {
  const sent = {
    writeHead: response.writeHead.bind(response),
    write: response.write.bind(response),
    end: response.end.bind(response),
  };
  /** @type {import("node:zlib").Gzip | null} */
  let gzip = null;
  let isDecided = false;
  let flushes = false;
  let isFlushing = false;

  /** @param {number} [bytes] of the whole body, if it is known */
  const decide = (bytes) => {
    isDecided = true;
    const length = response.getHeader("Content-Length") ?? bytes;
    if (!isText(response)) return;
    response.appendHeader("Vary", "Accept-Encoding");
    if (Number(length ?? LEAST_BYTES) < LEAST_BYTES || !mayCompress(request, response)) return;
    response.removeHeader("Content-Length");
    response.removeHeader("Accept-Ranges");
    response.setHeader("Content-Encoding", "gzip");
    flushes = length === undefined;
    gzip = createGzip();
    const stream = gzip;
    stream.on("data", (chunk) => {
      if (!sent.write(chunk)) stream.pause();
    });
    stream.on("end", () => sent.end());
    stream.on("drain", () => response.emit("drain"));
    response.on("drain", () => stream.resume());
    response.once("close", () => stream.destroy());
  };

  /** Sends the compressed part when nothing else is written in this turn of the event loop. */
  const flushSoon = () => {
    if (!flushes || isFlushing) return;
    isFlushing = true;
    setImmediate(() => {
      isFlushing = false;
      if (gzip && !gzip.writableEnded && !gzip.destroyed) gzip.flush(constants.Z_SYNC_FLUSH);
    });
  };

  response.writeHead = /** @type {typeof response.writeHead} */ (
    (/** @type {number} */ status, /** @type {any} */ reason, /** @type {any} */ given) => {
      const headers = typeof reason === "string" ? given : reason;
      response.statusCode = status;
      setAll(response, headers);
      if (!isDecided) decide();
      return typeof reason === "string" ? sent.writeHead(status, reason) : sent.writeHead(status);
    }
  );

  response.write = /** @type {typeof response.write} */ (
    (/** @type {any} */ chunk, /** @type {any} */ encoding, /** @type {any} */ done) => {
      if (!response.headersSent) response.writeHead(response.statusCode);
      if (!gzip) return sent.write(chunk, encoding, done);
      const goesOn = gzip.write(chunk, encoding, done);
      flushSoon();
      return goesOn;
    }
  );

  response.end = /** @type {typeof response.end} */ (
    (/** @type {any} */ chunk, /** @type {any} */ encoding, /** @type {any} */ done) => {
      if (!isDecided) decide(typeof chunk === "function" ? 0 : Buffer.byteLength(chunk ?? ""));
      if (!gzip) return sent.end(chunk, encoding, done);
      if (!response.headersSent) response.writeHead(response.statusCode);
      gzip.end(chunk, encoding, done);
      return response;
    }
  );
}

/** @param {import("node:http").ServerResponse} response */
function isText(response) {
  return (
    TEXT.test(String(response.getHeader("Content-Type") ?? "")) &&
    ![204, 206, 304].includes(response.statusCode) &&
    !response.hasHeader("Content-Encoding")
  );
}

/** Whether the answer may be compressed. The length of a compressed answer can reveal a secret that
 * it holds beside text that an attacker chose (BREACH). So an answer with credentials is not
 * compressed, one of features/forms is not (no-transform), and no page that another site requested.
 * A strong ETag names the bytes of an answer, so they stay as they are (RFC 9110, 8.8.3.3).
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response */
function mayCompress({ headers, method, url = "" }, response) {
  const site = headers["sec-fetch-site"] ?? "none";
  const etag = String(response.getHeader("ETag") ?? "W/");
  return (
    /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(headers["accept-encoding"] ?? "")) &&
    method !== "HEAD" &&
    etag.startsWith("W/") &&
    !/\bno-transform\b/.test(String(response.getHeader("Cache-Control") ?? "")) &&
    (IS_PUBLIC.test(url) ||
      (!HOLDS_CREDENTIALS.test(url) && (site === "same-origin" || site === "none")))
  );
}

/** @param {import("node:http").ServerResponse} response
 * @param {Record<string, any> | any[] | undefined} headers an object, or names and values in turn */
function setAll(response, headers) {
  if (Array.isArray(headers)) {
    for (let at = 0; at + 1 < headers.length; at += 2) {
      response.appendHeader(headers[at], headers[at + 1]);
    }
    return;
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) response.setHeader(name, value);
  }
}
