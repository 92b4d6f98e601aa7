import type { components } from "./schema";

type Task = components["schemas"]["WholeTask"];

type Details = {
  type?: string;
  title?: string;
  detail?: string;
  task?: Task;
  fields?: Record<string, unknown> | string[];
};

/** A refusal of the API (RFC 9457). `message` is a sentence for people. */
export class ApiProblem extends Error {
  override name = "ApiProblem";

  constructor(
    readonly status: number,
    /** `conflict`, `precondition_failed`, `gone` and the other names of specs/rest.md. */
    readonly kind: string,
    message: string,
    /** The current task, on a conflict. */
    readonly task: Task | null,
    /** Seconds, with 429 and 503. */
    readonly retryAfter: number | null,
    /** The fields that others changed since, on an undo conflict. */
    readonly fields: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The problem of a failed request; `body` is the parsed answer. */
export function problemOf(response: Response, body: unknown): ApiProblem {
  const details: Details = typeof body === "object" && body !== null ? body : {};
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new ApiProblem(
    response.status,
    details.type?.startsWith("urn:surelist:") ? details.type.slice(13) : "unknown",
    details.detail ?? details.title ?? `The server answered ${response.status}.`,
    details.task ?? null,
    Number.isNaN(seconds) ? null : seconds,
    Array.isArray(details.fields) ? details.fields : [],
  );
}
