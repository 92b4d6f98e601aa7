// @langchain/mcp-adapters: its tools in LangGraph's ToolNode, as LangChain's agents have them.

import { AIMessage } from "@langchain/core/messages";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { answerCalls, headers, url } from "../speak.mjs";

const client = new MultiServerMCPClient({ mcpServers: { surelist: { url, headers } } });
const tools = await client.getTools();
const node = new ToolNode(tools);

async function call(tool, args) {
  const called = { name: tool, args, id: "1", type: "tool_call" };
  const { messages } = await node.invoke({ messages: [new AIMessage({ tool_calls: [called] })] });
  return messages.at(-1).content;
}

const shown = tools.map((tool) => convertToOpenAITool(tool).function);
const schemas = Object.fromEntries(shown.map((tool) => [tool.name, tool.parameters]));
await answerCalls(["@langchain/mcp-adapters", "@langchain/core"], schemas, call);
await client.close();
