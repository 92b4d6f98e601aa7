// @ai-sdk/mcp: its tools in generateText of the AI SDK, whose model makes the call that is due.

import { createMCPClient } from "@ai-sdk/mcp";
import { generateText, isStepCount } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { answerCalls, headers, url } from "../speak.mjs";

let due;

const model = new MockLanguageModelV4({
  doGenerate: async () => {
    const said = due ?? { type: "text", text: "done" };
    due = undefined;
    return {
      content: [said],
      finishReason: { unified: said.type === "text" ? "stop" : "tool-calls" },
      usage: { inputTokens: {}, outputTokens: {} },
      warnings: [],
    };
  },
});

const client = await createMCPClient({ transport: { type: "http", url, headers } });
const tools = await client.tools();

async function ask(call) {
  due = call;
  await generateText({ model, tools, prompt: "Do it.", stopWhen: isStepCount(2) });
  return model.doGenerateCalls.at(-1);
}

async function call(tool, input) {
  const toolCall = { toolCallId: "1", toolName: tool, input: JSON.stringify(input) };
  const request = await ask({ type: "tool-call", ...toolCall });
  return request.prompt.at(-1).content[0].output;
}

const shown = (await ask()).tools;
const schemas = Object.fromEntries(shown.map((tool) => [tool.name, tool.inputSchema]));
await answerCalls(["@ai-sdk/mcp", "ai"], schemas, call);
await client.close();
