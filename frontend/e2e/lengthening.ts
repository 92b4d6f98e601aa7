import { execFileSync } from "node:child_process";

import type { BrowserContextOptions } from "playwright-core";

import { Visitor } from "./browser";
import { product } from "./product";
import { PYTHON, ROOT } from "./stack";

const TASKS_OF_THE_ORIGINAL = 20;

/** A person with that many tasks, "Task 1 of many" and so on: a few made through the API and copied
 * in the database. */
export async function somebodyWith(tasks: number, options?: BrowserContextOptions) {
  const [original, busy] = [await Visitor.withAccount(), await Visitor.withAccount(options)];
  for (let number = 1; number <= TASKS_OF_THE_ORIGINAL; number += 1) {
    await original.call("POST", "/tasks", { title: `Task ${String(number)} of many` });
  }
  const times = String(tasks / TASKS_OF_THE_ORIGINAL);
  const [from, to] = [await original.id(), await busy.id()];
  const command = ["-m", "bench.lengthen", product.data, from, to, times];
  execFileSync(PYTHON, command, { cwd: ROOT, stdio: "inherit" });
  await original.leave();
  return busy;
}
