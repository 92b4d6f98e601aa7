// The official TypeScript SDK.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpError } from "@modelcontextprotocol/sdk/types.js";

const SDK = "node_modules/@modelcontextprotocol/sdk/package.json";

async function answer(client, { tool, arguments: args }) {
  try {
    const result = await client.callTool({ name: tool, arguments: args });
    return {
      is_error: result.isError ?? false,
      structured: result.structuredContent ?? null,
      text: result.content.map((block) => block.text).join(""),
    };
  } catch (refused) {
    if (!(refused instanceof McpError)) throw refused;
    return { code: refused.code, message: refused.message };
  }
}

function say(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}

const transport = new StreamableHTTPClientTransport(new URL(process.env.MCP_URL), {
  requestInit: { headers: { Authorization: `Bearer ${process.env.MCP_TOKEN}` } },
});
const client = new Client({ name: "typescript", version: "1.0.0" });
await client.connect(transport);
const { tools } = await client.listTools();
const { version } = JSON.parse(readFileSync(new URL(SDK, import.meta.url)));
say({
  library: `@modelcontextprotocol/sdk ${version}`,
  protocol: transport.protocolVersion,
  tools: tools.map((tool) => tool.name),
});
for await (const line of createInterface({ input: process.stdin })) {
  say(await answer(client, JSON.parse(line)));
}
await client.close();
