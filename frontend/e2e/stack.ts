import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { TestProject } from "vitest/node";

export const ROOT = new URL("../../", import.meta.url).pathname;
export const PYTHON = join(ROOT, ".venv/bin/python");
export const SURELIST = join(ROOT, ".venv/bin/surelist");
const SECONDS_TO_START = 600; // includes a first build
export const GITHUB_CLIENT = "surelist of the tests";
export const AGENT_TOKEN_SECONDS = 10; // so that a test can see one expire

/** The address of a proxy in front of the page. The tests call from this machine, in place of the
 * proxy. */
export const PROXY = "203.0.113.7";

declare module "vitest" {
  interface ProvidedContext {
    chromium: string;
    products: { api: string; web: string; data: string }[];
  }
}

/** Starts and stops the programs of `make run` for each worker, on free ports and an empty data
 * directory. The first worker builds the page for all. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started: (Product & { data: string })[] = [];
  const end = () =>
    Promise.all(
      started.map(async ({ data, stop }) => {
        await stop();
        await rm(data, { recursive: true, force: true });
      }),
    );
  try {
    while (started.length < project.config.maxWorkers) started.push(await startEmpty());
  } catch (error) {
    await end();
    throw error;
  }
  project.provide(
    "products",
    started.map(({ api, web, data }) => ({ api, web, data })),
  );
  return async () => {
    await end();
  };
}

async function startEmpty(): Promise<Product & { data: string }> {
  const data = await mkdtemp(join(tmpdir(), "surelist-e2e-"));
  const product = await start(data, {
    SURELIST_AGENT_TOKEN_SECONDS: String(AGENT_TOKEN_SECONDS),
    SURELIST_TRUSTED_PROXIES: `127.0.0.1, ::1, ${PROXY}, 2001:db8::/32`,
    SURELIST_WEBHOOK_HOSTS: "127.0.0.1",
    GITHUB_CLIENT_ID: GITHUB_CLIENT,
    GITHUB_CLIENT_SECRET: "known to nobody",
  });
  return { ...product, data };
}

export type Product = { api: string; web: string; stop: () => Promise<void> };

/** The whole product on a data directory, with only these settings. */
export async function start(
  data: string,
  settings: Record<string, string> = {},
  ports = { api: 0, web: 0 },
): Promise<Product> {
  const { api, web } = ports;
  const server = spawn(
    SURELIST,
    ["up", "--welcome", "--port", String(api), "--web-port", String(web), "--data", data],
    {
      cwd: ROOT,
      env: withoutSettings({ SURELIST_LOG: "json", ...settings }),
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const stop = async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    if (server.exitCode === null && server.kill("SIGTERM")) await ended;
  };
  const said = reader(server);
  try {
    return {
      api: new URL(await said(/^claude mcp add .* (\S+)$/m)).origin,
      web: await said(/The web page is available at (\S+)/),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const FAILED = /The web page is not available:/;

/** Waits for text in the server's output. Rejects when the server ends, or the page is not built. */
function reader(server: ChildProcess): (words: RegExp) => Promise<string> {
  let heard = "";
  server.stdout?.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  return async (words) => {
    const deadline = Date.now() + SECONDS_TO_START * 1000;
    while (Date.now() < deadline && server.exitCode === null && !FAILED.test(heard)) {
      const found = words.exec(heard)?.[1];
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`surelist up did not say ${words.source}. It said:\n${heard}`);
  };
}

/** The environment, with only these variables of Surelist. */
export function withoutSettings(added: Record<string, string>): NodeJS.ProcessEnv {
  const own =
    /^(SURELIST_|DATABASE_URL|AUTH_DATABASE_URL|BETTER_AUTH_|SMTP_|GITHUB_CLIENT|GOOGLE_|npm_)|^(NODE_ENV|VITEST.*|TEST|DEV|PROD|MODE|SSR|BASE_URL)$/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...(Object.fromEntries(kept) as NodeJS.ProcessEnv), ...added };
}
