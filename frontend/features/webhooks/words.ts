import type { Schemas } from "@/api/client";
import { ago } from "@/features/tasks/dates";

import type { Webhook } from "./queries";

type Problem = Schemas["ShownUndelivered"]["problem"];

/** Why an attempt failed. */
const PROBLEMS: Record<Problem, string> = {
  address_not_public: "its address is not public",
  answer_invalid: "its answer is not HTTP",
  gone: "it answered with status 410, gone",
  redirect: "it answered with a redirect, which is not followed",
  status: "it answered with an error",
  timeout: "it did not answer in 10 seconds",
  tls: "its certificate is not valid",
  unreachable: "it cannot be reached",
};

export function problemInWords(problem: Problem, status?: number): string {
  return problem === "status" && status ? `it answered with status ${status}` : PROBLEMS[problem];
}

const PAUSED = {
  person: "Paused by you.",
  gone: "Paused, because it answered with status 410, gone.",
  failing: "Paused after three days without a success.",
};

/** How a webhook is doing. */
export function stateInWords(webhook: Webhook): string {
  const { status, last_at, last_problem, last_status, next_attempt_at, paused_because } = webhook;
  if (status === "paused") return PAUSED[paused_because ?? "person"];
  if (status === "active") return last_at ? `Last called ${ago(last_at)}.` : "Not called yet.";
  const why = last_problem ? `Failing: ${problemInWords(last_problem, last_status)}.` : "Failing.";
  if (!next_attempt_at) return why;
  const at = new Date(next_attempt_at);
  return `${why} Tried again at ${at.toLocaleTimeString("en-GB", { timeStyle: "short" })}.`;
}
