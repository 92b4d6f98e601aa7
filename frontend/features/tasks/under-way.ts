const NOTHING = () => undefined;

/** The calls that have no answer yet. */
export class UnderWay {
  private readonly calls = new Set<Promise<unknown>>();
  private last: Promise<unknown> = Promise.resolve();
  private changed: () => void = NOTHING;

  readonly count = (): number => this.calls.size;

  /** `changed` is called when the count changes. */
  readonly listen = (changed: () => void): (() => void) => {
    this.changed = changed;
    return () => void (this.changed = NOTHING);
  };

  run<T>(call: Promise<T>): Promise<T> {
    const done = () => {
      this.calls.delete(call);
      this.changed();
    };
    this.calls.add(call);
    this.changed();
    call.then(done, done);
    return call;
  }

  /** Sends a call after those before it, so that tasks have the order in which they were written. */
  inOrder<T>(send: () => Promise<T>): Promise<T> {
    const turn = this.last.then(send);
    this.last = turn.catch(() => undefined);
    return this.run(turn);
  }

  /** Resolves when all calls of now have an answer. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.calls);
  }
}
