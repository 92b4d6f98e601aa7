/** The query that asks for what has happened since; invalidate it to ask at once. */
export const FEED_KEY = ["tasks", "feed"] as const;
