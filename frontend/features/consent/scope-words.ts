/** Describes each scope for people. */
const WORDS: Record<string, { may: string; detail: string }> = {
  "tasks:read": { may: "See your tasks", detail: "All of them, with their history." },
  "tasks:write": {
    may: "Add, change, complete and delete tasks",
    detail: "You see each change and can undo it. It cannot empty the trash.",
  },
  "conversations:read": {
    may: "See your conversations",
    detail: "All of them, with Surelist's chat and with other agents.",
  },
  "conversations:write": {
    may: "Write in your conversations",
    detail: "Add and change messages, rename and delete. It cannot empty the trash.",
  },
  offline_access: {
    may: "Stay connected",
    detail: "Until you disconnect it, or it has not been used for 30 days.",
  },
};

/** Scopes that the person can remove. The agent still works without them. */
export const OPTIONAL_SCOPES = ["tasks:write", "conversations:read", "conversations:write"];

export type ScopeWords = { scope: string; may: string; detail: string; optional: boolean };

/** The scopes that have a description, the most important for a person first. */
export function scopesInWords(scopes: readonly string[]): ScopeWords[] {
  return Object.entries(WORDS)
    .filter(([scope]) => scopes.includes(scope))
    .map(([scope, words]) => ({
      scope,
      ...words,
      optional: OPTIONAL_SCOPES.includes(scope) && scopes.includes("tasks:read"),
    }));
}
