import type { Schemas } from "@/api/client";

/** A task for tests. */
export const exampleTask = (changed: Partial<Schemas["WholeTask"]> = {}): Schemas["WholeTask"] => ({
  id: 1,
  title: "Milk",
  completed: false,
  status: "pending",
  version: 3,
  created_at: "2026-11-22T12:00:00Z",
  updated_at: "2026-11-22T12:00:00Z",
  ...changed,
});
