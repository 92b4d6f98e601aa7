import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

type Locked = {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
};

const read = async () => {
  const text = await readFile(new URL("package-lock.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { packages: Record<string, Locked> }).packages;
};

test("the lock has the binaries of every system, else npm ci refuses it", async () => {
  const locked = await read();
  const names = new Set(Object.keys(locked).map((path) => path.split("node_modules/").at(-1)));
  const missing = Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map((name) => `${path} -> ${name}`),
  );
  expect(missing).toEqual([]);
});

test("the lock names no registry", async () => {
  const named = Object.entries(await read()).filter(([, { resolved }]) => resolved);
  expect(named).toEqual([]);
});
