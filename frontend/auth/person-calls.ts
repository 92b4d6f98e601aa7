import { postToAuth } from "./client";
import { confirmSignIn } from "./confirmation";
import { leave } from "./leave";
import { madeFor } from "./person-header";
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
 * their sign-in where that is needed. Rejects with AuthRefusal; without a proof of the session the
 * browser also goes to sign in. */
export async function postAsPerson<Answer = unknown>(
  personId: string,
  path: string,
  body: object = {},
): Promise<Answer> {
  try {
    return await post<Answer>(personId, path, body);
  } catch (error) {
    const code = error instanceof AuthRefusal ? error.code : "";
    if (code === PROOF_NEEDED) leave.toSignIn("proof");
    if (code !== RECENT_SIGN_IN_NEEDED || !(await confirmSignIn())) throw error;
    return post<Answer>(personId, path, body);
  }
}

async function post<Answer>(personId: string, path: string, body: object): Promise<Answer> {
  const answer = await postToAuth<Answer>(path, body, madeFor(personId));
  if (answer.status >= 400) throw new AuthRefusal(answer.status, answer.code, answer.message);
  return answer.data as Answer;
}
