import { inject } from "vitest";

/** The product of this worker: the addresses of its API and its page, and its data directory. Each
 * worker has its own product, so that files never share people. */
export const product = (() => {
  const own = inject("products")[Number(process.env["VITEST_POOL_ID"]) - 1];
  if (!own) throw new Error("There are fewer products than workers.");
  return own;
})();
