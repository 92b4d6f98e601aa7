import "server-only";

import { getAuth } from "./auth";
import { PERSON_SCOPES } from "./scopes";
import { getSettings } from "./settings";

const SECONDS_GOOD = 60;
const SECONDS_TO_ANSWER = 5;

/** The API could not be reached, or refused what it was asked. */
export class ApiRefusal extends Error {
  override name = "ApiRefusal";

  constructor(
    readonly asked: string,
    /** The HTTP status; null when there was no answer. */
    readonly status: number | null,
  ) {
    super(`${asked}: ${status === null ? "no answer" : String(status)}`);
  }
}

type Call = { authenticatedAt?: number; body?: object; secondsToAnswer?: number };

/** Asks the API on behalf of a person, with a session token that this server signs for them. `path`
 * is below /api/{user_id}, `authenticatedAt` in seconds. Throws ApiRefusal. */
export async function askApi(
  userId: string,
  method: "DELETE" | "GET" | "POST" | "PUT",
  path: string,
  { authenticatedAt, body, secondsToAnswer = SECONDS_TO_ANSWER }: Call = {},
): Promise<unknown> {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    sub: userId,
    scope: PERSON_SCOPES.join(" "),
    iat: now,
    exp: now + SECONDS_GOOD,
    ...(authenticatedAt === undefined ? {} : { auth_time: authenticatedAt }),
  };
  const { token } = await getAuth().api.signJWT({ body: { payload } });
  const url = `${getSettings().apiInternal}/api/${encodeURIComponent(userId)}${path}`;
  const asked = `${method} ${path.split("/", 2).join("/")}`;
  const response = await fetch(url, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body ? { "Content-Type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(secondsToAnswer * 1000),
  }).catch(() => {
    throw new ApiRefusal(asked, null);
  });
  if (!response.ok) throw new ApiRefusal(asked, response.status);
  return response.status === 204 ? null : response.json();
}

/** The path of a client's agent. */
export const agentPath = (clientId: string) => `/agents/${encodeURIComponent(clientId)}`;
