/* What a client may do with a connection to the page: the limits of time, size and number that the API
 * has (backend/surelist/server/connections.py), which Next.js does not set. */

import { nameCaller } from "./callers.mjs";

export const HEAD_BYTES = 65_536;
/** A body for /api, which the API itself bounds; and any other: the gate's bound. */
export const API_BODY_BYTES = 1_000_000;
export const BODY_BYTES = 65_536;
export const CONNECTIONS = 2000;
/** All bodies beyond BODY_BYTES that are under way at once: Next.js keeps each until it is whole. */
export const LARGE_BODIES_BYTES = 100_000_000;

const SECOND = 1000;
/** From the first byte of a request to its last. */
const TO_SEND = 60 * SECOND;
/** Without a byte in either direction: longer than a stream of events is silent. */
const OF_SILENCE = 130 * SECOND;
const BETWEEN_LOOKS = 5 * SECOND;

/** Has every server that `http` makes keep the limits.
 *
 * @param {typeof import("node:http")} http
 * @param {(address: string) => boolean} isTrusted whether a proxy at this address is known
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

/** Without a listener Node.js serves a request that asks for an upgrade as if it had not (RFC 9110,
 * 7.8): with one it would hand over a bare socket, which Next.js leaves open for ever.
 *
 * @param {import("node:http").Server} server */
function ignoreUpgrades(server) {
  for (const name of /** @type {const} */ (["on", "addListener"])) {
    const listen = server[name].bind(server);
    server[name] = (/** @type {string} */ event, /** @type {any} */ listener) =>
      event === "upgrade" ? server : listen(event, listener);
  }
}

/** Whether the request is passed on; else it has been refused.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {{ left: number }} bodies bytes of large bodies that may still come */
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

/** Ends the connection once a body without a length is too large.
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
