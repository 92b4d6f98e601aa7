import { AuthRefusal } from "@/auth/person-calls";

import { inWords } from "./words";

/** One sentence for the person about a call to Better Auth that failed. */
export function refusalInWords(error: unknown): string {
  return error instanceof AuthRefusal
    ? inWords(error)
    : "The server cannot be reached. Try again in a moment.";
}
