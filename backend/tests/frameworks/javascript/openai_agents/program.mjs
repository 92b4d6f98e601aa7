// @openai/agents: an agent with an MCP server; with `strict`, its schemas are made strict.

import { Agent, MCPServerStreamableHttp, Runner, Usage } from "@openai/agents";
import { answerCalls, headers, url } from "../speak.mjs";

const DONE = {
  type: "message",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text: "done" }],
};

class ScriptedModel {
  async getResponse(request) {
    this.request = request;
    const output = [this.call ?? DONE];
    this.call = undefined;
    return { usage: new Usage(), output };
  }
}

const server = new MCPServerStreamableHttp({ url, requestInit: { headers } });
await server.connect();
const model = new ScriptedModel();
const agent = new Agent({
  name: "agent",
  model,
  mcpServers: [server],
  mcpConfig: { convertSchemasToStrict: process.argv.includes("strict") },
});
const runner = new Runner({ tracingDisabled: true });

async function ask(call) {
  model.call = call;
  await runner.run(agent, "Do it.");
  return model.request;
}

async function call(name, args) {
  const called = { type: "function_call", callId: "1", name, arguments: JSON.stringify(args) };
  const request = await ask({ ...called, status: "completed" });
  return request.input.at(-1).output;
}

const shown = (await ask()).tools;
const schemas = Object.fromEntries(shown.map((tool) => [tool.name, tool.parameters]));
await answerCalls(["@openai/agents"], schemas, call);
await server.close();
