import createClient from "openapi-fetch";

import { fetchAsPerson } from "@/auth/authorized-fetch";

import { problemOf } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The API, as its OpenAPI document describes it, on behalf of whoever is signed in. */
export const api = createClient<paths>({ fetch: fetchAsPerson });

type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** What the call answers. Rejects with ApiProblem when it is refused. */
export async function answered<T>(call: Call<T>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response, error);
  return data as T;
}
