import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A model's answer to one request: text, a tool call, half an answer and then silence until the
 * client disconnects, or a server error. */
export type Turn =
  string | { call: string; with?: object } | { begun: string } | { status: number };

type Asked = { messages: { role: string; content: unknown }[] };

const WORDS_AT_ONCE = 3;

/** An HTTP server with OpenAI's chat completions and scripted answers. */
export class ScriptedModel {
  /** The requests, the oldest first. */
  readonly asked: Asked[] = [];
  /** Awaited before each chunk of an answer. */
  pace: () => Promise<void> = () => Promise.resolve();
  private script: Turn[] = [];
  private calls = 0;
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<ScriptedModel> {
    const model = new ScriptedModel();
    await new Promise<void>((resolve) => model.server.listen(0, "127.0.0.1", resolve));
    return model;
  }

  /** Sets the answers to the next requests. Later answers are "Done." */
  says(...turns: Turn[]): void {
    this.script = turns;
    this.asked.length = 0;
    this.pace = () => Promise.resolve();
  }

  /** The settings of a product whose chat uses this model. */
  get settings(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return {
      SURELIST_MODEL: "openai:scripted",
      SURELIST_MODEL_URL: `http://127.0.0.1:${String(port)}/v1`,
      SURELIST_MODEL_KEY: "sk-scripted",
    };
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const piece of request) body.push(piece as Buffer);
    this.asked.push(JSON.parse(Buffer.concat(body).toString()) as Asked);
    const turn = this.script.shift() ?? "Done.";
    if (typeof turn === "object" && "status" in turn) {
      response.writeHead(turn.status).end("{}");
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const known = { id: "c", object: "chat.completion.chunk", created: 1, model: "scripted" };
    const send = (more: object) =>
      response.write(`data: ${JSON.stringify({ ...known, ...more })}\n\n`);
    const choose = (delta: object, finish_reason: string | null = null) =>
      send({ choices: [{ index: 0, delta, finish_reason }] });
    choose({ role: "assistant", content: "" });
    for (const content of piecesOf(turn)) {
      await this.pace();
      choose({ content });
    }
    if (typeof turn === "object" && "begun" in turn) return; // then silence
    if (typeof turn === "object") {
      await this.pace();
      this.calls += 1;
      const given = { name: turn.call, arguments: JSON.stringify(turn.with ?? {}) };
      const id = `call_${String(this.calls)}`;
      choose({ tool_calls: [{ index: 0, id, type: "function", function: given }] });
    }
    choose({}, typeof turn === "object" ? "tool_calls" : "stop");
    send({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } });
    response.end("data: [DONE]\n\n");
  }
}

/** Splits an answer into chunks of a few words, like a model's stream. */
function piecesOf(turn: Turn): string[] {
  const text = typeof turn === "string" ? turn : "begun" in turn ? turn.begun : "";
  const words = text.split(/(?<=\s)/);
  const size = Math.max(WORDS_AT_ONCE, Math.ceil(words.length / 200));
  return Array.from({ length: Math.ceil(words.length / size) }, (_, index) =>
    words.slice(index * size, (index + 1) * size).join(""),
  ).filter(Boolean);
}
