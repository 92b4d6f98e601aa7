import { ApiProblem } from "@/api/problem";

const LONGEST_QUOTE = 60;

/** A title within a sentence. */
export const quoted = (title: string) =>
  title.length > LONGEST_QUOTE ? `“${title.slice(0, LONGEST_QUOTE)}…”` : `“${title}”`;

/** Why something was refused, for people. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return "The server cannot be reached.";
  if (error.status === 412) return "It was changed meanwhile: look at it as it is now.";
  if (error.status === 404 || error.status === 410) return "It is not there any more.";
  if (error.kind === "conflict" && error.task) return "It was changed since.";
  return error.message;
}
