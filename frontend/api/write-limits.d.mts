/** The text of limits.ts. */
export function limitsOf(document: unknown): string;
