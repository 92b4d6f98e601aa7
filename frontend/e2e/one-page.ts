import { execFileSync, spawn } from "node:child_process";

import { vi } from "vitest";

import { ownersUrl } from "./database";
import { freePort } from "./ports";
import { product } from "./product";
import { SURELIST, withoutSettings } from "./stack";

const FRONTEND = new URL("..", import.meta.url).pathname;

export type OnePage = { web: string; stop: () => Promise<void> };

/** Another page of the product with its own settings and address. The API does not accept its
 * tokens. */
export async function startPage(settings: Record<string, string>): Promise<OnePage> {
  const port = String(await freePort());
  const web = `http://localhost:${port}`;
  const words = ["page-secret", "--data", product.data];
  const secret = execFileSync(SURELIST, words, { encoding: "utf8", env: withoutSettings({}) });
  const server = spawn(process.execPath, ["serve.mjs"], {
    cwd: FRONTEND,
    env: withoutSettings({
      NODE_ENV: "production",
      HOSTNAME: "127.0.0.1",
      PORT: port,
      SURELIST_URL: product.api,
      SURELIST_WEB_URL: web,
      SURELIST_PAGE_SECRET: secret.trim(),
      SURELIST_TRUSTED_PROXIES: "127.0.0.1, ::1",
      AUTH_DATABASE_URL: ownersUrl("auth"),
      ...settings,
    }),
    stdio: ["ignore", "ignore", "inherit"],
  });
  const answers = () =>
    fetch(`${web}/sign-in`).then(
      ({ ok }) => ok,
      () => false,
    );
  await vi.waitUntil(answers, { timeout: 30_000, interval: 200 });
  const stop = async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    if (server.exitCode === null && server.kill()) await ended;
  };
  return { web, stop };
}
