/** What every request below /api/auth goes through before anything else reads it (specs/auth.md, "The
 * gate"): only the endpoints of the table, with the parameters that they know, within bounds. */

import { NoText, readText, TooLarge } from "./body";
import { type Endpoint, ENDPOINTS } from "./endpoints";
import { fromJson, fromPairs, isRefused } from "./parameters";
import { refusal } from "./refusal";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

const BY_PATH = Map.groupBy(ENDPOINTS, ({ path }) => path);

/** A request that has passed: only what its endpoint knows is in it. */
export type Admitted = {
  endpoint: Endpoint;
  request: Request;
  /** The parameters: of the query, of the form, or of the JSON object. */
  query: URLSearchParams;
  json: Record<string, unknown>;
};

/** The methods that a path below /api/auth takes; none when there is no such endpoint. */
export function methodsOf(path: string): string[] {
  return (BY_PATH.get(path) ?? []).map(({ method }) => method);
}

/** Whether pages of other origins may call the path without cookies. */
export function isOpen(path: string): boolean {
  return BY_PATH.get(path)?.some(({ open }) => open) ?? false;
}

/** Whether caches may keep the answers of the path. */
export function isCacheable(path: string): boolean {
  return BY_PATH.get(path)?.some(({ cacheable }) => cacheable) ?? false;
}

/** The request as its endpoint may see it, or the answer that refuses it. `path` is below /api/auth,
 * `origin` the web page's own. */
export async function admit(
  request: Request,
  path: string,
  origin: string,
): Promise<Admitted | Response> {
  const rows = BY_PATH.get(path);
  if (!rows) return refusal("NOT_FOUND");
  const asked = request.method === "HEAD" ? "GET" : request.method;
  const endpoint = rows.find(({ method }) => method === asked);
  if (!endpoint) {
    return refusal("METHOD_NOT_ALLOWED", rows[0], { Allow: methodsOf(path).join(", ") });
  }
  const ofPage = endpoint.caller === "page" && endpoint.method === "POST";
  if (ofPage && request.headers.get("Origin") !== origin) return refusal("INVALID_ORIGIN");
  try {
    return await read(request, endpoint);
  } catch (error) {
    if (error instanceof TooLarge) return refusal("BODY_TOO_LARGE", endpoint);
    if (error instanceof NoText) return refusal("NOT_TEXT", endpoint);
    return refusal("UNREADABLE", endpoint);
  }
}

async function read(request: Request, endpoint: Endpoint): Promise<Admitted | Response> {
  const url = new URL(request.url);
  const ofQuery = endpoint.carrier === "query";
  const query = fromPairs(url.searchParams, ofQuery ? endpoint : { ...endpoint, parameters: {} });
  if (isRefused(query)) return refusal(query.refused, endpoint);
  url.search = query.toString();
  if (ofQuery) {
    const admitted = new Request(url, { method: "GET", headers: bare(request.headers) });
    return { endpoint, request: admitted, query, json: {} };
  }
  const text = await readText(request, endpoint.bodyBytes);
  const type = mediaType(request.headers);
  if (endpoint.carrier === "form") {
    if (type !== FORM) return refusal("UNSUPPORTED_MEDIA_TYPE", endpoint);
    const form = fromPairs(new URLSearchParams(text), endpoint);
    if (isRefused(form)) return refusal(form.refused, endpoint);
    return {
      endpoint,
      request: carrying(request, url, form.toString(), FORM),
      query: form,
      json: {},
    };
  }
  // The page sends nothing, not even a type, where an endpoint takes nothing.
  if (type !== JSON_TYPE && !(type === "" && text === "")) {
    return refusal("UNSUPPORTED_MEDIA_TYPE", endpoint);
  }
  const json = fromJson(text === "" ? {} : JSON.parse(text), endpoint);
  if (isRefused(json)) return refusal(json.refused, endpoint);
  const sent = JSON.stringify(json);
  return { endpoint, request: carrying(request, url, sent, JSON_TYPE), query, json };
}

/** The same request with another body. */
export function carrying(request: Request, url: string | URL, body: string, type: string): Request {
  const headers = bare(request.headers);
  headers.set("Content-Type", type);
  return new Request(url, { method: "POST", headers, body });
}

/** The headers without what describes the body that was sent. */
function bare(given: Headers): Headers {
  const headers = new Headers(given);
  for (const name of ["Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding"]) {
    headers.delete(name);
  }
  return headers;
}

function mediaType(headers: Headers): string {
  return (headers.get("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}
