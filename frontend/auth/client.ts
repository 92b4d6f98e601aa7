import { shownProof } from "./proof";

const BASE_PATH = "/api/auth";

/** The answer of Better Auth to the page. `data` is null if it was refused. */
export type Answered<Answer> = {
  status: number;
  data: Answer | null;
  code: string;
  message: string;
};

/** Sends a POST to an endpoint below /api/auth, with the proof of this browser. Rejects as fetch
 * does. */
export function postToAuth<Answer = unknown>(
  path: string,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<Answered<Answer>> {
  return send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Sends a GET, like `postToAuth`. */
export function getFromAuth<Answer = unknown>(
  path: string,
  headers: Record<string, string> = {},
): Promise<Answered<Answer>> {
  return send(path, { headers });
}

type Sent = { method?: string; headers: Record<string, string>; body?: string };

async function send<Answer>(path: string, request: Sent): Promise<Answered<Answer>> {
  const headers = { ...shownProof(), ...request.headers };
  const response = await fetch(BASE_PATH + path, { ...request, headers });
  const given: unknown = await response.json().catch(() => null);
  const { code, error, message } = (given ?? {}) as Record<string, string | undefined>;
  return {
    status: response.status,
    data: response.ok ? (given as Answer) : null,
    code: code ?? error ?? "",
    message: message ?? "That did not work. Try again.",
  };
}
