// @modelcontextprotocol/client: the official client, which validates results by output schemas.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { answerCalls, headers, url } from "../speak.mjs";

const client = new Client({ name: "frameworks", version: "1" });
await client.connect(
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
);
const { tools } = await client.listTools();

async function call(name, args) {
  const { content } = await client.callTool({ name, arguments: args });
  return content.map((block) => block.text).join("\n");
}

const schemas = Object.fromEntries(tools.map((tool) => [tool.name, tool.inputSchema]));
await answerCalls(["@modelcontextprotocol/client"], schemas, call);
await client.close();
