/** The query key of the person's agents and keys. */
export const AGENTS_KEY = ["agents"] as const;
