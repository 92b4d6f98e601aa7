// How the runner talks to a framework: a JSON line for each call of a tool and for each answer.

import { readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

export const url = process.env.MCP_URL;
export const headers = { Authorization: `Bearer ${process.env.MCP_TOKEN}` };

function say(answer) {
  writeSync(Number(process.env.ANSWERS), JSON.stringify(answer) + "\n");
}

/**
 * Makes the calls that come in until there are no more.
 *
 * `schemas` are the tools' parameters as the framework gives them to a model, by name of the tool.
 * `call(tool, arguments)` does what the framework does with a model's call and returns what the
 * model reads then.
 */
export async function answerCalls(packages, schemas, call) {
  say({ library: packages.map(versioned).join(", "), tools: schemas });
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    try {
      const text = await call(asked.tool, asked.arguments);
      say({ text: typeof text === "string" ? text : JSON.stringify(text), raised: null });
    } catch (error) {
      say({ text: error.message, raised: error.name });
    }
  }
}

function versioned(name) {
  const program = pathToFileURL(process.argv[1]);
  const { version } = JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, program)));
  return `${name} ${version}`;
}
