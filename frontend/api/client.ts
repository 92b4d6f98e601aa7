import createClient from "openapi-fetch";

import { fetchAsPerson } from "@/auth/authorized-fetch";

import { problemOf } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The API, typed by its OpenAPI document, with the token of the signed-in person. */
export const api = createClient<paths>({ fetch: fetchAsPerson });

type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** Returns the body of the answer. Rejects with ApiProblem if the call is refused. */
export async function answered<T>(call: Call<T>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response, error);
  return data as T;
}
