import type { Schemas } from "@/api/client";

import type { Row } from "./filters";

/** One change of the person's: the task before it, null when it made the task, and, once the change
 * is through, after it: its version is the change. */
export type Taken = { said: string; before: Row | null; sent: Promise<Schemas["WholeTask"]> };

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
