/** The name of this server in the configurations of programs. */
export const SERVER_NAME = "surelist";

/** Whether other machines can reach the address: it uses HTTPS and is not on this machine. */
export function isPublic(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const local = /^(localhost|.*\.localhost|.*\.local|127\..*|10\..*|192\.168\..*|\[::1\])$/.test(
    hostname,
  );
  return protocol === "https:" && !local;
}

/** The endpoint of the conversation tools (specs/chat.md). */
export const conversationsUrl = (url: string) => url.replace(/\/mcp$/, "/conversations/mcp");

export const conversationsCommand = (conversations: string) =>
  `claude mcp add --transport http --scope user ${SERVER_NAME}-conversations ${conversations}`;
