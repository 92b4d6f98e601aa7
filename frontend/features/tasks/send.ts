import { ApiProblem } from "@/api/problem";

const FIRST_WAIT_MS = 500;
const TRIES = 4;
/** A list that is full, or has its day's changes behind it, names a day: its person is told now. */
const LONGEST_WAIT_MS = 10_000;

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Whether the same call may be sent again: it did not arrive, or was told to come back. Where the
 * API is away, the proxy before it answers with 500. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ApiProblem) return error.status === 429 || error.status >= 500;
  return error instanceof TypeError; // what fetch rejects with when the network fails
}

const isOffline = () => typeof window !== "undefined" && !navigator.onLine;

/** Resolves when the browser has a network, as far as it knows. */
async function network(): Promise<void> {
  if (!isOffline()) return;
  await new Promise((done) => window.addEventListener("online", done, { once: true }));
}

type Options = { key?: string; pause?: (milliseconds: number) => Promise<unknown> };

/** A key for one action. A page that is not served over HTTPS has no crypto.randomUUID. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(
    "-",
  );
}

/** Sends one action of a person's, again while the network or the server is away.
 *
 * `call` is given the key that is the same each time, so that what did arrive is not done twice. */
export async function sendOnce<T>(
  call: (headers: { "Idempotency-Key": string }) => Promise<T>,
  { key = newKey(), pause = wait }: Options = {},
): Promise<T> {
  const headers = { "Idempotency-Key": key };
  for (let attempt = 1; ; attempt += 1) {
    await network();
    try {
      return await call(headers);
    } catch (error) {
      if (isOffline() && mayPass(error)) {
        attempt = 0; // it is sent when the network is back
        continue;
      }
      if (attempt === TRIES || !mayPass(error)) throw error;
      const told = error instanceof ApiProblem ? error.retryAfter : null;
      const next = told === null ? FIRST_WAIT_MS * 2 ** (attempt - 1) : told * 1000;
      if (next > LONGEST_WAIT_MS) throw error;
      await pause(next);
    }
  }
}

/** Sends the actions on one task after each other, each with the version that the one before made:
 * the person who acts has seen what they did themselves. */
export class Turns {
  private readonly last = new Map<number, Promise<unknown>>();
  private readonly made = new Map<number, number>();

  /** `act` is given the version to send, where the page shows `seen`. */
  async take<T extends { version: number }>(
    task: number,
    seen: number,
    act: (version: number) => Promise<T>,
  ): Promise<T> {
    const before = this.last.get(task) ?? Promise.resolve();
    const turn = before
      .catch(() => undefined)
      .then(() => act(Math.max(seen, this.made.get(task) ?? 0)))
      .then((result) => {
        this.made.set(task, result.version);
        return result;
      });
    this.last.set(task, turn);
    return turn;
  }
}
