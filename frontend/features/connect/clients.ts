/** MCP clients, and the steps that connect each to this server.
 *
 * Sources of November 2026: the makers' pages for VS Code's link, command and file
 * (code.visualstudio.com/docs/copilot/guides/mcp-developer-guide), ChatGPT
 * (developers.openai.com/apps-sdk/deploy/connect-chatgpt), Claude
 * (support.claude.com/articles/11175166), Windsurf (docs.windsurf.com/windsurf/cascade/mcp), Zed
 * (zed.dev/docs/ai/mcp), LM Studio (lmstudio.ai/docs/app/mcp) and n8n (docs.n8n.io, MCP Client Tool);
 * for Claude Code, Codex, Cursor and Gemini CLI, guides of others that quote the makers. No step was
 * tested in the program itself. ChatGPT and Claude often move their settings. */

import { isPublic, SERVER_NAME } from "./addresses";

export type Step = { words: string; code?: string; link?: { words: string; href: string } };
export type Client = {
  id: string;
  name: string;
  /** Its maker's servers call this server, so it must be reachable from the internet. */
  fromTheInternet: boolean;
  steps: readonly Step[];
};

const json = (value: unknown) => JSON.stringify(value, null, 2);

/** The link for Cursor, with the server's entry of mcp.json in base64. */
function cursorLink(url: string): string {
  const query = new URLSearchParams({ name: SERVER_NAME, config: btoa(JSON.stringify({ url })) });
  return `cursor://anysphere.cursor-deeplink/mcp/install?${query.toString()}`;
}

/** The link for VS Code, with the server and its name as JSON. */
function codeLink(url: string): string {
  const server = { name: SERVER_NAME, type: "http", url };
  return `vscode:mcp/install?${encodeURIComponent(JSON.stringify(server))}`;
}

/** Steps of Claude's connectors, which its maker's servers call. */
const CONNECTOR = (url: string): readonly Step[] => [
  {
    words:
      "In Claude on the web or in Claude Desktop, open Settings or Customize, then Connectors.",
  },
  {
    words: "Press Add custom connector, name it Surelist and give it this address:",
    code: url,
  },
  { words: "Press Add, then Connect, and allow it in the window that opens." },
];

/** Steps of Claude Desktop with a server that only this computer reaches. */
const ON_THIS_COMPUTER = (url: string): readonly Step[] => [
  {
    words:
      "Claude Desktop on this computer reaches it through mcp-remote, which needs Node.js. Open Settings, then Developer, press Edit Config, and add:",
    code: json({
      mcpServers: { [SERVER_NAME]: { command: "npx", args: ["-y", "mcp-remote", url] } },
    }),
  },
  { words: "Restart Claude Desktop. A page opens here that asks you what Claude may do." },
];

const WITH_KEY = { Authorization: "Bearer YOUR_KEY" };

export function clientsFor(url: string): readonly Client[] {
  return [
    {
      id: "claude",
      name: "Claude",
      fromTheInternet: true,
      steps: isPublic(url) ? CONNECTOR(url) : ON_THIS_COMPUTER(url),
    },
    {
      id: "chatgpt",
      name: "ChatGPT",
      fromTheInternet: true,
      steps: [
        {
          words:
            "On the web, open Settings, then Apps & Connectors or Connectors, then Advanced, and turn on Developer mode. In a company's workspace an administrator has to allow it.",
        },
        {
          words: "Back there press Create, choose OAuth, and give it this address:",
          code: url,
        },
        { words: "In a chat, press +, choose Developer mode, and turn Surelist on." },
      ],
    },
    {
      id: "claude-code",
      name: "Claude Code",
      fromTheInternet: false,
      steps: [
        {
          words: "In a terminal:",
          code: `claude mcp add --transport http --scope user ${SERVER_NAME} ${url}`,
        },
        {
          words:
            "Start Claude Code with the command claude, type /mcp, choose surelist and then Authenticate.",
        },
      ],
    },
    {
      id: "vscode",
      name: "VS Code",
      fromTheInternet: false,
      steps: [
        {
          words: "Press this and let VS Code install it:",
          link: { words: "Add to VS Code", href: codeLink(url) },
        },
        {
          words: "Or in a terminal:",
          code: `code --add-mcp '${JSON.stringify({ name: SERVER_NAME, type: "http", url })}'`,
        },
        {
          words: "Or in .vscode/mcp.json of a project:",
          code: json({ servers: { [SERVER_NAME]: { type: "http", url } } }),
        },
      ],
    },
    {
      id: "cursor",
      name: "Cursor",
      fromTheInternet: false,
      steps: [
        {
          words: "Press this and let Cursor install it:",
          link: { words: "Add to Cursor", href: cursorLink(url) },
        },
        {
          words: "Or in ~/.cursor/mcp.json:",
          code: json({ mcpServers: { [SERVER_NAME]: { url } } }),
        },
        { words: "In Cursor's settings, under MCP, press Connect next to surelist." },
      ],
    },
    {
      id: "codex",
      name: "Codex",
      fromTheInternet: false,
      steps: [
        { words: "In a terminal:", code: `codex mcp add ${SERVER_NAME} --url ${url}` },
        { words: "Then sign in:", code: `codex mcp login ${SERVER_NAME}` },
        {
          words: "Or in ~/.codex/config.toml, before signing in:",
          code: `[mcp_servers.${SERVER_NAME}]\nurl = "${url}"`,
        },
      ],
    },
    {
      id: "gemini",
      name: "Gemini CLI",
      fromTheInternet: false,
      steps: [
        {
          words: "In a terminal:",
          code: `gemini mcp add --transport http --scope user ${SERVER_NAME} ${url}`,
        },
        {
          words: "Start Gemini CLI with the command gemini, and sign in with:",
          code: `/mcp auth ${SERVER_NAME}`,
        },
      ],
    },
    {
      id: "windsurf",
      name: "Windsurf",
      fromTheInternet: false,
      steps: [
        {
          words: "In ~/.codeium/windsurf/mcp_config.json:",
          code: json({ mcpServers: { [SERVER_NAME]: { serverUrl: url } } }),
        },
        { words: "In Cascade, open MCPs and press Refresh. A page opens here that asks you." },
      ],
    },
    {
      id: "zed",
      name: "Zed",
      fromTheInternet: false,
      steps: [
        {
          words: "Run “zed: open settings file” and add:",
          code: json({ context_servers: { [SERVER_NAME]: { url } } }),
        },
        { words: "In Settings, under AI and MCP Servers, sign in next to surelist." },
      ],
    },
    {
      id: "lm-studio",
      name: "LM Studio",
      fromTheInternet: false,
      steps: [
        { words: "Make an agent key below. LM Studio does not sign in by itself." },
        {
          words: "In the Program tab at the right, press Install, then Edit mcp.json, and add:",
          code: json({ mcpServers: { [SERVER_NAME]: { url, headers: WITH_KEY } } }),
        },
      ],
    },
    {
      id: "n8n",
      name: "n8n",
      fromTheInternet: false,
      steps: [
        { words: "Make an agent key below." },
        {
          words:
            "Add the node MCP Client Tool to an AI Agent, with the transport HTTP Streamable, Bearer Auth with the key, and this endpoint:",
          code: url,
        },
        { words: "To start a workflow when a task changes, add a webhook below." },
      ],
    },
    {
      id: "other",
      name: "Others",
      fromTheInternet: false,
      steps: [
        {
          words: "Most programs take an entry like this in their MCP configuration:",
          code: json({ mcpServers: { [SERVER_NAME]: { type: "http", url } } }),
        },
        {
          words:
            "The transport is Streamable HTTP, and the program discovers OAuth by itself. A program without OAuth needs an agent key, made below, in this header:",
          code: "Authorization: Bearer YOUR_KEY",
        },
      ],
    },
  ];
}
