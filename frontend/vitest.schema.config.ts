import { defineConfig } from "vitest/config";

/** Runs Better Auth's migrations for backend/tests/support/write_people.py. */
export default defineConfig({
  resolve: {
    alias: {
      "@": import.meta.dirname,
      "server-only": `${import.meta.dirname}/node_modules/server-only/empty.js`,
    },
  },
  test: { include: ["auth/server/schema.migrate.ts"] },
});
