import { callRest } from "./agent";

/** The answer of a REST call. Rejects unless it succeeds. */
export async function rest(
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await callRest(token, path, { method, ...sent });
  if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)}`);
  return response.status === 204 ? null : response.json();
}
