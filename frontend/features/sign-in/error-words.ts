const WORDS: Record<string, string> = {
  invalid_client:
    "This server does not know the agent that sent you here. It forgets an agent that nobody connects within a day, and a restored backup does not hold those that came after it. Nothing was given to the agent. Remove this server and its saved sign-in from the agent, add it again, and connect.",
  invalid_redirect:
    "The agent asked to be answered at an address that it has not registered. Nothing was given to it. Remove the server from the agent and add it again.",
  client_disabled: "This agent has been blocked on this server.",
  invalid_request:
    "The agent's request was not complete. Start connecting again from the agent itself.",
  invalid_target: "The agent asked for another server than this one. Nothing was given to it.",
  unsupported_response_type:
    "The agent asked in a way that this server does not know. Nothing was given to it.",
  signup_disabled: "Nobody can sign up here now.",
  account_not_linked:
    "There is an account with this address already. Sign in to it with its password.",
  proof_needed:
    "This sign-in was not begun on this page, so it was not finished. Open the sign-in page and begin anew.",
  access_denied: "You did not allow it, and nothing was changed.",
};

/** One sentence for the person. `error` comes from the address and is never shown. */
export function errorInWords(error: string): string {
  return WORDS[error.toLowerCase()] ?? "Start again from where you came; nothing was changed.";
}
