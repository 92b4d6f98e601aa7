import { ApiProblem } from "@/api/problem";

/** Whether the task does not exist any more. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 404 || error.status === 410);
}

/** Why something was refused, for people. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return "The server cannot be reached.";
  if (error.status === 412) return "It was changed meanwhile: look at it as it is now.";
  if (isGone(error)) return "It is not there any more.";
  if (error.kind === "conflict" && error.task) return "It was changed since.";
  return error.message;
}
