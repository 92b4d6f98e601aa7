import type createClient from "openapi-fetch";

import { fetchAsPerson } from "@/auth/authorized-fetch";

import { problemOf } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

type Value = string | number | boolean;

type Options = {
  params?: {
    path?: Record<string, Value>;
    query?: Record<string, Value | readonly Value[] | null | undefined>;
  };
  body?: unknown;
  headers?: Record<string, string | undefined>;
  signal?: AbortSignal;
};

/** Sends a call; returns its body as `data` or `error`. It is what openapi-fetch does with the options
 * that the page uses, at a tenth of its size. */
async function send(method: string, path: string, options: Options = {}) {
  const { params, body, signal } = options;
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params?.path?.[name] ?? "")),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params?.query ?? {})) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined) query.append(name, String(one));
    }
  }
  const headers = new Headers();
  if (body !== undefined) headers.set("Content-Type", "application/json");
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers.set(name, value);
  }
  const url = new URL(query.size > 0 ? `${address}?${query.toString()}` : address, location.origin);
  const request = new Request(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  const response = await fetchAsPerson(request);
  const text = await response.text();
  if (response.ok)
    return { data: text === "" ? undefined : (JSON.parse(text) as unknown), response };
  return { error: parsed(text), response };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const by = (method: string) => (path: string, options?: Options) => send(method, path, options);

/** The API, typed by its OpenAPI document, with the token of the signed-in person. */
export const api = {
  GET: by("GET"),
  POST: by("POST"),
  PUT: by("PUT"),
  PATCH: by("PATCH"),
  DELETE: by("DELETE"),
} as unknown as Pick<
  ReturnType<typeof createClient<paths, "application/json">>,
  "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
>;

type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** Returns the body of the answer. Rejects with ApiProblem if the call is refused. */
export async function answered<T>(call: Call<T>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response, error);
  return data as T;
}
