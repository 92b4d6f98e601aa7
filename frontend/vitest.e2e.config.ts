import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const FIRST = "first-person.e2e.ts";

/** Sorts files by name, after the file that needs a product without people. */
class FirstPersonFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => (moduleId.endsWith(FIRST) ? "" : moduleId);
    return Promise.resolve([...files].sort((a, b) => (place(a) < place(b) ? -1 : 1)));
  }
}

/** The browser in CHROMIUM, else on the PATH; undefined if there is none. */
function findChromium(): string | undefined {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((one) => join(one, "chromium"));
  return process.env["CHROMIUM"] ?? onPath.find((path) => existsSync(path));
}

const chromium = findChromium();

/** Runs two files at a time, in workers with their own product and browser. The tests of a file run
 * in order. */
export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    // Skipped without a browser, as .ci/need has reported.
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
