import { shownProof } from "./proof";

const BASE_PATH = "/api/auth";

/** The answer of Better Auth to a POST of the page. `data` is null if it was refused. */
export type Answered<Answer> = {
  status: number;
  data: Answer | null;
  code: string;
  message: string;
};

/** Sends a POST to an endpoint below /api/auth, with the proof of this browser. Rejects as fetch
 * does. */
export async function postToAuth<Answer = unknown>(
  path: string,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<Answered<Answer>> {
  const response = await fetch(BASE_PATH + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...shownProof(), ...headers },
    body: JSON.stringify(body),
  });
  const given: unknown = await response.json().catch(() => null);
  const { code, error, message } = (given ?? {}) as Record<string, string | undefined>;
  return {
    status: response.status,
    data: response.ok ? (given as Answer) : null,
    code: code ?? error ?? "",
    message: message ?? "That did not work. Try again.",
  };
}
