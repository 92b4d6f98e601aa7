import { defineConfig } from "vitest/config";

/** One whole product for all of it, and one browser: what stands in a file runs in its order. */
export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["e2e/**/*.e2e.ts"],
    globalSetup: ["e2e/stack.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
