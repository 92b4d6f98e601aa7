import { ApiProblem } from "@/api/problem";
import { SignedOut } from "@/auth/api-tokens";

/** Tells the person why a message was not sent, and what to do. `replacing`: it would have replaced
 * another message. */
export function whyNotSent(error: unknown, replacing: boolean, now = Date.now()): string {
  if (error instanceof SignedOut) return "You are signed out. Sign in again to continue.";
  if (!(error instanceof ApiProblem)) {
    return "There is no connection. What you wrote is kept here: send it when you are back online.";
  }
  const { status, kind, message } = error;
  if (kind === "chat_not_set_up") return message;
  if (status === 409 && replacing) {
    return "The conversation has new messages. Read them, then send this as a new message.";
  }
  if (status === 409) {
    return "The assistant is still answering the message before. Send this when it has answered.";
  }
  if (status === 410) return "This conversation is in the trash. Restore it to continue.";
  if (status === 404) return "This conversation no longer exists. Start a new one.";
  if (status === 429) return `${message} ${when(error.retryAfter, now)}`.trim();
  if (status === 503)
    return `Your list cannot be reached right now. ${when(error.retryAfter, now)}`;
  if (status >= 500) return "The server cannot be reached. What you wrote is kept here.";
  return message;
}

/** When to try again. */
function when(seconds: number | null, now: number): string {
  if (seconds === null) return "Try again in a while.";
  if (seconds < 60) return "Try again in a minute.";
  if (seconds < 3600) return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
  const at = new Date(now + seconds * 1000);
  const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return `Try again after ${time}.`;
}
