import type { Schemas } from "@/api/client";

import type { Row } from "./filters";

/** One change of the person's: the task after it, whose version is the change, and before it. */
export type Taken = { said: string; task: Schemas["WholeTask"]; before: Row | null };

const KEPT = 100;

/** What the person did in this page, the last on top. */
export class UndoStack {
  private changes: Taken[] = [];

  push(taken: Taken): void {
    this.changes = [...this.changes.slice(1 - KEPT), taken];
  }

  pop(): Taken | undefined {
    return this.changes.pop();
  }

  drop(taken: Taken): void {
    this.changes = this.changes.filter((one) => one !== taken);
  }
}
