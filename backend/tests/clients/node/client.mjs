// The official TypeScript SDK, with a token in MCP_TOKEN, or else signing in as MCP_CLIENT_NAME.

import { readFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { signingIn } from "./sign-in.mjs";
import { answerAll, say } from "./speak.mjs";

const SDK = "node_modules/@modelcontextprotocol/sdk/package.json";

const url = new URL(process.env.MCP_URL);
const token = process.env.MCP_TOKEN;

const client = new Client({ name: "typescript", version: "1.0.0" });
const transport = token
  ? new StreamableHTTPClientTransport(url, {
      requestInit: { headers: { Authorization: `Bearer ${token}` } },
    })
  : await signingIn(url, process.env.MCP_CLIENT_NAME);
await client.connect(transport);
const { tools } = await client.listTools();
const { version } = JSON.parse(readFileSync(new URL(SDK, import.meta.url)));
say({
  library: `@modelcontextprotocol/sdk ${version}`,
  protocol: transport.protocolVersion,
  tools: tools.map((tool) => tool.name),
});
await answerAll(client);
