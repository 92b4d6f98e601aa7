import { type Answered, getFromAuth, postToAuth } from "./client";
import { confirmSignIn } from "./confirmation";
import { leave } from "./leave";
import { ANOTHER_PERSON, madeFor } from "./person-header";
import { PROOF_NEEDED, RECENT_SIGN_IN_NEEDED } from "./proof-header";

/** Better Auth refused what the page asked. `code` is its name for the reason. */
export class AuthRefusal extends Error {
  override name = "AuthRefusal";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Asks Better Auth on behalf of the person whom the page was made for, after they have confirmed
 * their sign-in where that is needed. Rejects with AuthRefusal. Without a proof of the session, or
 * without a session, the browser also goes to sign in; where somebody else is signed in now, the page
 * is loaded again. */
export async function postAsPerson<Answer = unknown>(
  personId: string,
  path: string,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const post = () => postToAuth<Answer>(path, body, { ...madeFor(personId), ...headers });
  try {
    return await answerOf(post);
  } catch (error) {
    const code = error instanceof AuthRefusal ? error.code : "";
    if (code !== RECENT_SIGN_IN_NEEDED || !(await confirmSignIn())) throw error;
    return answerOf(post);
  }
}

/** Reads from Better Auth, like `postAsPerson`. */
export const getAsPerson = <Answer>(personId: string, path: string): Promise<Answer> =>
  answerOf(() => getFromAuth<Answer>(path, madeFor(personId)));

async function answerOf<Answer>(call: () => Promise<Answered<Answer>>): Promise<Answer> {
  const { status, code, message, data } = await call();
  if (status < 400) return data as Answer;
  if (code === PROOF_NEEDED) leave.toSignIn("proof");
  else if (status === 401 && code !== RECENT_SIGN_IN_NEEDED) leave.toSignIn("ended");
  else if (code === ANOTHER_PERSON) leave.toItself();
  throw new AuthRefusal(status, code, message);
}
