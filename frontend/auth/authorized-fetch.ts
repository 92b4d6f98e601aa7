import { AnotherUser, ApiTokens, ProofNeeded, SignedOut } from "./api-tokens";
import { confirmSignIn } from "./confirmation";
import { leave as leaveIt, type Leave } from "./leave";
import { RECENT_SIGN_IN } from "./proof-header";

const MILLISECONDS_OF_AN_ENDING = 1000;

type Means = {
  tokens: ApiTokens;
  send: typeof fetch;
  leave: Leave;
  confirm: () => Promise<boolean>;
  wait: (milliseconds: number) => Promise<void>;
};

/** fetch with the person's token, once more with a new one when it is refused, and again after the
 * person has confirmed a sign-in that was too long ago.
 *
 * Rejects with SignedOut, ProofNeeded or AnotherUser after it has sent the browser to where that is
 * mended. */
export function authorizedFetch({ tokens, send, leave, confirm, wait }: Means) {
  const sendOnce = async (request: Request): Promise<Response> => {
    const token = await tokens.get();
    const response = await send(withToken(request, token));
    if (response.status === 401) tokens.refused(token);
    return response;
  };
  return async (request: Request): Promise<Response> => {
    try {
      let response = await sendOnce(request.clone());
      if (response.status === 401) response = await sendOnce(request.clone());
      if (response.status !== 401) return response;
      if (asksForRecentSignIn(response)) {
        if (!(await confirm())) return response;
      } else {
        // Where a session ends, the tokens of that whole second are refused: the next one's are not.
        await wait(MILLISECONDS_OF_AN_ENDING);
      }
      return await sendOnce(request);
    } catch (error) {
      if (error instanceof SignedOut) leave.toSignIn("ended");
      if (error instanceof ProofNeeded) leave.toSignIn("proof");
      if (error instanceof AnotherUser) leave.toItself();
      throw error;
    }
  };
}

function asksForRecentSignIn(response: Response): boolean {
  return response.headers.get("WWW-Authenticate")?.includes(RECENT_SIGN_IN) ?? false;
}

function withToken(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

/** The page's own: for streams, and below `api`. Takes a Request, answers as fetch does. */
export const fetchAsPerson = authorizedFetch({
  tokens: new ApiTokens(),
  send: (request) => fetch(request),
  leave: leaveIt,
  confirm: confirmSignIn,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
});
