import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

import { product } from "./product";
import { PYTHON, ROOT } from "./stack";

export const CLIENTS = join(ROOT, "backend/tests/clients");

type Hello = { library: string; tools: string[] };
type Answer = { is_error: boolean; structured: Record<string, unknown> | null; text: string };

type Command = readonly [string, ...string[]];

/** Real clients, each as a program in backend/tests/clients. */
export const PROGRAMS = {
  "the Python client": {
    library: "mcp 2.3",
    command: [PYTHON, join(CLIENTS, "python_2/client.py"), "auto"],
  },
  "the TypeScript SDK": {
    library: "@modelcontextprotocol/sdk 1.32.0",
    command: [process.execPath, join(CLIENTS, "node/client.mjs")],
  },
  "mcp-remote": {
    library: "mcp-remote 0.15.1",
    command: [process.execPath, join(CLIENTS, "node/mcp-remote.mjs")],
  },
} satisfies Record<string, { library: string; command: Command }>;

/** Installs the packages of the programs, unless they are installed. */
export function installPrograms(): void {
  execFileSync(PYTHON, ["-c", "from tests.clients.install import node_clients; node_clients()"], {
    cwd: join(ROOT, "backend"),
  });
}

/** A client program that gets only the address of the MCP server and a name. */
export class Program {
  private readonly home = mkdtempSync(join(tmpdir(), "surelist-client-"));
  private readonly process: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: AsyncIterator<string>;
  library = "";
  tools: string[] = [];

  constructor([command, ...args]: Command, name: string) {
    this.process = spawn(command, args, {
      env: {
        ...process.env,
        MCP_URL: `${product.api}/mcp`,
        MCP_CLIENT_NAME: name,
        MCP_REMOTE_CONFIG_DIR: this.home,
      },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  /** The address that it opens in the person's browser. */
  async authorizeUrl(): Promise<string> {
    return (await this.hear<{ authorize: string }>()).authorize;
  }

  async connected(): Promise<this> {
    const { library, tools } = await this.hear<Hello>();
    this.library = library;
    this.tools = tools;
    return this;
  }

  /** One call. Rejects if the program ends or asks for consent again. */
  async call(tool: string, input: object = {}): Promise<Answer> {
    this.process.stdin.write(JSON.stringify({ tool, arguments: input }) + "\n");
    const said = await this.hear<Partial<Answer>>();
    if (said.text === undefined) throw new Error(JSON.stringify(said));
    return said as Answer;
  }

  /** Calls until a call is refused, and returns the address that the program then opens. */
  async sentToSignIn(): Promise<URL> {
    for (;;) {
      this.process.stdin.write(JSON.stringify({ tool: "list_tasks", arguments: {} }) + "\n");
      const said = await this.hear<Partial<Answer & { authorize: string }>>();
      if (said.authorize !== undefined) return new URL(said.authorize);
      if (said.is_error !== false) throw new Error(JSON.stringify(said));
      await wait(500); // the API accepts a revoked agent for up to five seconds
    }
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode === null && this.process.kill()) await ended;
    rmSync(this.home, { recursive: true, force: true });
  }

  private async hear<Said>(): Promise<Said> {
    const line = await this.lines.next();
    if (line.done) throw new Error("the client program ended; its last words are above");
    return JSON.parse(line.value) as Said;
  }
}
