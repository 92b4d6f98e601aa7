const WORDS: Record<string, string> = {
  invalid_client:
    "This server does not know the agent that sent you here. Its registration expired because nobody connected it within a day, or is missing since a backup was restored. The agent got no access. Remove this server and its saved sign-in from the agent, add it again, and connect.",
  invalid_redirect:
    "The agent named an address that it has not registered. It got no access. Remove the server from the agent and add it again.",
  client_disabled: "This agent has been blocked on this server.",
  invalid_request: "The agent's request was incomplete. Start again from the agent.",
  invalid_target: "The agent asked for access to another server. It got no access.",
  unsupported_response_type:
    "This server does not support the agent's request. The agent got no access.",
  signup_disabled: "Nobody can sign up here now.",
  account_not_linked:
    "There is an account with this address already. Sign in to it with its password.",
  proof_needed:
    "This sign-in was not started on this page, so it was stopped. Open the sign-in page and start again.",
  access_denied: "You did not allow it, and nothing was changed.",
};

/** One sentence for the person. `error` comes from the address and is never shown. */
export function errorInWords(error: string): string {
  return (
    WORDS[error.toLowerCase()] ??
    "Nothing was changed. Start again from the page or agent that you came from."
  );
}
