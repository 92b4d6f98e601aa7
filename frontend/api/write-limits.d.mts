/** The text of limits.ts. */
export const limitsOf: (document: unknown) => string;
