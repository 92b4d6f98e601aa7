// mcp-remote between a client that speaks stdio, as Claude Desktop does, and the server.
//
// It opens a browser by itself; here BROWSER is a program that does nothing, and the address that
// it prints for those who have none is passed on as {"authorize": URL}.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { answerAll, say } from "./speak.mjs";

const REMOTE = new URL("node_modules/mcp-remote/", import.meta.url);
const named = JSON.stringify({ client_name: process.env.MCP_CLIENT_NAME });

const transport = new StdioClientTransport({
  command: process.execPath,
  args: [
    fileURLToPath(new URL("dist/proxy.js", REMOTE)),
    process.env.MCP_URL,
    "--static-oauth-client-metadata",
    named,
  ],
  env: { ...process.env, BROWSER: "true", MCP_REMOTE_CONFIG_DIR: process.env.MCP_REMOTE_CONFIG_DIR },
  stderr: "pipe",
});
createInterface({ input: transport.stderr }).on("line", (line) => {
  if (/^http\S+[?&]code_challenge=/.test(line)) say({ authorize: line });
  else console.error(line);
});
const client = new Client({ name: "mcp-remote", version: "1.0.0" });
await client.connect(transport);
const { tools } = await client.listTools();
const { version } = JSON.parse(readFileSync(new URL("package.json", REMOTE)));
say({ library: `mcp-remote ${version}`, tools: tools.map((tool) => tool.name) });
await answerAll(client);
