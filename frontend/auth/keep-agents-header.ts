/** Says that agents and keys stay connected after a new password. Without it they are ended too. */
export const KEEP_AGENTS_HEADER = "X-Surelist-Keep-Agents";
