import { AnotherUser, ApiTokens, SignedOut } from "./api-tokens";
import { signInPath } from "./paths";

/** fetch with the person's token, once more with a new one when it is refused.
 *
 * Rejects with SignedOut or AnotherUser after it has sent the browser to where that is mended. */
export function authorizedFetch(tokens: ApiTokens, send: typeof fetch, leave: Leave) {
  return async (request: Request): Promise<Response> => {
    try {
      const again = request.clone();
      const token = await tokens.get();
      const response = await send(withToken(request, token));
      if (response.status !== 401) return response;
      tokens.refused(token);
      return await send(withToken(again, await tokens.get()));
    } catch (error) {
      if (error instanceof SignedOut) leave.toSignIn();
      if (error instanceof AnotherUser) leave.toItself();
      throw error;
    }
  };
}

type Leave = { toSignIn: () => void; toItself: () => void };

function withToken(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

const tokens = new ApiTokens();

/** Has the next call ask first who is signed in by now, before what nothing can bring back. */
export const askWhoIsSignedIn = (): void => tokens.forget();

/** The page's own: for streams, and below `api`. Takes a Request, answers as fetch does. */
export const fetchAsPerson = authorizedFetch(tokens, (request) => fetch(request), {
  toSignIn: () => window.location.assign(signInPath(window.location)),
  toItself: () => window.location.reload(),
});
