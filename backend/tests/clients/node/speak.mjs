// How a client program is spoken to: a JSON line in for each call, a JSON line out for each answer.

import { createInterface } from "node:readline";
import { McpError } from "@modelcontextprotocol/sdk/types.js";

export function say(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}

/** Makes the calls that come in, until there are no more. */
export async function answerAll(client) {
  for await (const line of createInterface({ input: process.stdin })) {
    say(await answer(client, JSON.parse(line)));
  }
  await client.close();
}

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
