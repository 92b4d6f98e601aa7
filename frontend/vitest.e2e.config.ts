import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const FIRST = "first-person.e2e.ts";

/** By name, after the one that needs a product in which nobody has signed up. */
class FirstPersonFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => (moduleId.endsWith(FIRST) ? "" : moduleId);
    return Promise.resolve([...files].sort((a, b) => (place(a) < place(b) ? -1 : 1)));
  }
}

/** The browser that CHROMIUM names, else the one on the PATH; nothing when there is none. */
function findChromium(): string | undefined {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((one) => join(one, "chromium"));
  return process.env["CHROMIUM"] ?? onPath.find((path) => existsSync(path));
}

const chromium = findChromium();

/** Two files at a time, each worker with a whole product and a browser of its own: what stands in a
 * file runs in its order. */
export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    // Without a browser they are skipped; .ci/need has said so.
    include: chromium ? ["e2e/**/*.e2e.ts"] : [],
    passWithNoTests: true,
    provide: { chromium: chromium ?? "" },
    globalSetup: ["e2e/stack.ts"],
    sequence: { sequencer: FirstPersonFirst },
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
