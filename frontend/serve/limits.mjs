/* Connection limits of the page: time, size and number, like those of the API
 * (backend/surelist/server/connections.py). Next.js sets none. */

import { nameCaller } from "./callers.mjs";

export const HEAD_BYTES = 65_536;
/** The limit of a body for the API, and of any other body (the gate's limit). */
export const API_BODY_BYTES = 1_000_000;
export const BODY_BYTES = 65_536;
export const CONNECTIONS = 2000;
/** The limit of all concurrent bodies over BODY_BYTES: Next.js buffers each one. */
export const LARGE_BODIES_BYTES = 100_000_000;

const SECOND = 1000;
/** From the first byte of a request to its last. */
const TO_SEND = 60 * SECOND;
/** Without a byte in either direction. A stream of events is silent for less. */
const OF_SILENCE = 130 * SECOND;
const BETWEEN_LOOKS = 5 * SECOND;

/** Applies the limits to every server that `http` creates.
 *
 * @param {typeof import("node:http")} http
 * @param {(address: string) => boolean} isTrusted whether the address is a trusted proxy
 * @param {{ toSend?: number, connections?: number, largeBodies?: number }} [limits] for tests:
 *   milliseconds, a number, bytes */
export function bound(
  http,
  isTrusted,
  { toSend = TO_SEND, connections = CONNECTIONS, largeBodies = LARGE_BODIES_BYTES } = {},
) {
  const bodies = { left: largeBodies };
  const createServer = http.createServer.bind(http);
  const options = {
    maxHeaderSize: HEAD_BYTES,
    requestTimeout: toSend,
    headersTimeout: toSend,
    connectionsCheckingInterval: Math.min(BETWEEN_LOOKS, toSend),
  };
  http.createServer = /** @type {typeof http.createServer} */ (
    (/** @type {any} */ given, /** @type {any} */ listener) => {
      const answer = typeof given === "function" ? given : listener;
      const server = createServer(options, (request, response) => {
        if (admits(request, response, bodies)) {
          nameCaller(request, isTrusted);
          answer(request, response);
        }
      });
      server.maxConnections = connections;
      server.timeout = OF_SILENCE;
      ignoreUpgrades(server);
      return server;
    }
  );
}

/** Without a listener, Node.js ignores a requested upgrade and serves the request (RFC 9110, 7.8).
 * With a listener, it would pass the bare socket to Next.js, which never closes it.
 *
 * @param {import("node:http").Server} server */
function ignoreUpgrades(server) {
  for (const name of /** @type {const} */ (["on", "addListener"])) {
    const listen = server[name].bind(server);
    server[name] = (/** @type {string} */ event, /** @type {any} */ listener) =>
      event === "upgrade" ? server : listen(event, listener);
  }
}

/** Whether the request is accepted. Otherwise it has been refused.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {{ left: number }} bodies remaining bytes for large bodies */
function admits(request, response, bodies) {
  const { headers, url = "" } = request;
  const most = isForApi(url) ? API_BODY_BYTES : BODY_BYTES;
  if (/\bwebsocket\b/i.test(headers.upgrade ?? "")) return refuse(response, 400);
  if (url === "*") return refuse(response, 400);
  const isChunked = headers["transfer-encoding"] !== undefined;
  const bytes = isChunked ? most : Number(headers["content-length"] ?? 0);
  if (bytes > most) return refuse(response, 413);
  if (bytes > BODY_BYTES) {
    if (bytes > bodies.left) return refuse(response, 503);
    bodies.left -= bytes;
    response.once("close", () => (bodies.left += bytes));
  }
  if (isChunked) countBody(request, response, most);
  return true;
}

/** @param {string} url */
function isForApi(url) {
  return url.startsWith("/api/") && !url.startsWith("/api/auth/");
}

/** @param {import("node:http").ServerResponse} response
 * @param {number} status */
function refuse(response, status) {
  response.writeHead(status, { Connection: "close", "Content-Length": 0 }).end();
  return false;
}

/** Closes the connection when a body without a length exceeds the limit.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {number} most bytes */
function countBody(request, response, most) {
  const push = request.push.bind(request);
  let read = 0;
  request.push = (chunk, encoding) => {
    read += chunk?.length ?? 0;
    if (read <= most) return push(chunk, encoding);
    const { socket } = request;
    if (!response.headersSent && !socket.destroyed) {
      socket.write(
        "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
      );
    }
    socket.destroySoon();
    return false;
  };
}
