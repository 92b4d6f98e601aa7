// @mastra/mcp: its tools in a Mastra agent, whose model makes the call that is due.

import { Agent } from "@mastra/core/agent";
import { MCPClient } from "@mastra/mcp";
import { answerCalls, headers, url } from "../speak.mjs";

let due;
let request;

const model = {
  specificationVersion: "v2",
  provider: "scripted",
  modelId: "scripted",
  supportedUrls: {},
  async doGenerate(options) {
    request = options;
    const said = due ?? { type: "text", text: "done" };
    due = undefined;
    return {
      content: [said],
      finishReason: said.type === "text" ? "stop" : "tool-calls",
      usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
      warnings: [],
    };
  },
};

const client = new MCPClient({ servers: { surelist: { url: new URL(url), requestInit: { headers } } } });
const tools = await client.listTools();
const agent = new Agent({ id: "agent", name: "agent", instructions: "", model, tools });

async function ask(call) {
  due = call;
  await agent.generate("Do it.");
  return request;
}

async function call(tool, input) {
  const toolCall = { toolCallId: "1", toolName: `surelist_${tool}`, input: JSON.stringify(input) };
  const { prompt } = await ask({ type: "tool-call", ...toolCall });
  return prompt.at(-1).content[0].output;
}

const shown = (await ask()).tools;
const schemas = Object.fromEntries(
  shown.map((tool) => [tool.name.replace("surelist_", ""), tool.inputSchema]),
);
await answerCalls(["@mastra/mcp", "@mastra/core"], schemas, call);
await client.disconnect();
