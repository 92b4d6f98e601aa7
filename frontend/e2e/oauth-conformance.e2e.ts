import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, expect, test } from "vitest";

import { register } from "./agent";
import { closeBrowser, Visitor } from "./browser";
import { freePort } from "./ports";
import { product } from "./product";
import { CLIENTS, installPrograms } from "./program";

const SUITE = join(CLIENTS, "node/node_modules/@modelcontextprotocol/conformance/dist/index.js");

/** The expected checks. The suite skips a check that it cannot run and still succeeds. Client ID
 * metadata documents are optional and not supported (specs/auth.md). */
const CHECKS = {
  "authorization-server-metadata": "SUCCESS",
  "authorization-server-metadata-cimd": "WARNING",
  "authorization-code-grant": "SUCCESS",
};

type Check = { id: string; status: string; errorMessage?: string };

afterAll(closeBrowser);

test("the authorization server conforms to MCP's requirements", async () => {
  installPrograms();
  const ann = await Visitor.withAccount();
  const port = await freePort();
  const client = await register({
    client_name: "Conformance",
    redirect_uris: [`http://127.0.0.1:${String(port)}/callback`],
    token_endpoint_auth_method: "none",
  });
  const results = await mkdtemp(join(tmpdir(), "surelist-conformance-"));
  const suite = spawn(
    process.execPath,
    [
      ...[SUITE, "authorization", "--url", `${product.web}/api/auth`],
      ...["--client-id", client.body["client_id"] ?? "", "--resource", `${product.api}/mcp`],
      ...["--port", String(port), "--spec-version", "2026-07-28", "-o", results],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise((resolve) => suite.once("exit", resolve));
  for await (const line of createInterface({ input: suite.stdout })) {
    if (!line.startsWith(`${product.web}/api/auth/oauth2/authorize?`)) continue;
    await ann.page.goto(line);
    await ann.answerConsent("Allow");
  }
  await ended;
  const files = await readdir(results, { recursive: true });
  const checks = await Promise.all(
    files
      .filter((file) => file.endsWith("checks.json"))
      .map(async (file) => JSON.parse(await readFile(join(results, file), "utf8")) as Check[]),
  );
  await rm(results, { recursive: true });
  const told = checks.flat();
  expect(
    Object.fromEntries(told.map(({ id, status }) => [id, status])),
    JSON.stringify(told),
  ).toEqual(CHECKS);
  expect(told).toHaveLength(Object.keys(CHECKS).length);
  await ann.leave();
});
