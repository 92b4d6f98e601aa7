import type { Endpoint } from "./endpoints";

/** Why the gate refuses a request. The words are constant: nothing of the request is in them. */
export type Reason = keyof typeof REASONS;

const REASONS = {
  NOT_FOUND: { status: 404, message: "There is no such endpoint." },
  METHOD_NOT_ALLOWED: { status: 405, message: "This endpoint does not take this method." },
  INVALID_ORIGIN: { status: 403, message: "This request must come from the web page itself." },
  BODY_TOO_LARGE: { status: 413, message: "The request is too large." },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: "This endpoint does not take this content type.",
  },
  NOT_TEXT: { status: 400, message: "The request holds characters that are not text." },
  UNREADABLE: { status: 400, message: "The body cannot be read." },
  UNKNOWN_PARAMETER: {
    status: 400,
    message: "The request has a parameter that is not known here.",
  },
  REPEATED_PARAMETER: { status: 400, message: "The request has a parameter twice." },
  WRONG_PARAMETER: { status: 400, message: "A parameter is too long, or not of its kind." },
} as const;

/** The answer: as RFC 6749 has it where OAuth clients ask, with code and message where the page asks. */
export function refusal(
  reason: Reason,
  endpoint?: Pick<Endpoint, "caller" | "error">,
  headers: Record<string, string> = {},
): Response {
  const { status, message } = REASONS[reason];
  const body =
    endpoint?.caller === "client"
      ? { error: endpoint.error, error_description: message }
      : { code: reason, message };
  return Response.json(body, { status, headers });
}

/** The status of a refusal. */
export const statusOf = (reason: Reason): number => REASONS[reason].status;
