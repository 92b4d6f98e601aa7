/** What an agent may be given. Never account:manage, which is a person's own. */
export const AGENT_SCOPES = [
  "tasks:read",
  "tasks:write",
  "conversations:read",
  "conversations:write",
] as const;

/** Lets a client go on after an hour, with a refresh token. */
export const STAY_CONNECTED = "offline_access";

export const OAUTH_SCOPES = [...AGENT_SCOPES, STAY_CONNECTED] as const;

/** What a client gets that asks for nothing that there is. */
export const DEFAULT_SCOPES = ["tasks:read", "tasks:write"] as const;

/** The same, of a client that asks for the conversation tools. */
export const CONVERSATION_SCOPES = ["conversations:read", "conversations:write"] as const;

/** What a person's own session may do. */
export const PERSON_SCOPES = [...AGENT_SCOPES, "account:manage"] as const;

/** How a client gets a token: by a person's consent, and from then on by itself. */
export const GRANT_TYPES = ["authorization_code", "refresh_token"] as const;
