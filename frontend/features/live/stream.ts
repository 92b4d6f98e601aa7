import { EventSourceParserStream } from "eventsource-parser/stream";

import { problemOf } from "@/api/problem";
import { fetchAsPerson } from "@/auth/authorized-fetch";

/** The server sends a heartbeat every 15 s. A connection that is silent for longer than two is lost. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** The person has many newer streams. Opening this one again would end one of them. */
const REPLACED = "stream_replaced";

export type Listener = {
  /** The id of the newest event: once the stream is open, with every change, with every heartbeat. */
  onNewest: (id: number) => void;
  /** The stream was lost. It will be opened again. */
  onLost: () => void;
};

/** Listens to the live feed until `signal` aborts. A lost stream is opened again after a wait, except
 * one that newer streams have replaced. */
export async function listen(listener: Listener, signal: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT_MS;
  while (!isAborted(signal)) {
    let told: number | null = null;
    let end = "";
    try {
      end = await readStream(signal, (id) => {
        wait = FIRST_WAIT_MS;
        listener.onNewest(id);
      });
    } catch (error) {
      told = retryAfterMs(error);
    }
    if (isAborted(signal)) return;
    listener.onLost();
    if (end === REPLACED) return;
    await pause(told ?? wait * (0.5 + Math.random() / 2), signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

/** Reads one connection until it ends. Returns the server's reason, or "" if it gave none. Rejects if
 * the connection is refused or lost. */
async function readStream(signal: AbortSignal, onNewest: (id: number) => void): Promise<string> {
  const silence = new AbortController();
  const lose = () => silence.abort();
  let newest: number | null = null;
  let timer = setTimeout(lose, SILENCE_MS);
  const heard = (id: number | null) => {
    clearTimeout(timer);
    timer = setTimeout(lose, SILENCE_MS);
    newest = id ?? newest;
    if (newest !== null) onNewest(newest);
  };
  try {
    const request = new Request("/api/me/events", {
      headers: { Accept: "text/event-stream" },
      cache: "no-store",
      signal: AbortSignal.any([signal, silence.signal]),
    });
    const response = await fetchAsPerson(request);
    if (!response.ok || !response.body) throw problemOf(response, await response.text());
    const messages = response.body
      .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      .pipeThrough(new EventSourceParserStream({ onComment: () => heard(null) }))
      .getReader();
    for (let message = await messages.read(); !message.done; message = await messages.read()) {
      const { event, id, data } = message.value;
      if (event === "end") return (JSON.parse(data) as { code: string }).code;
      heard(id === undefined ? null : Number(id));
    }
    return "";
  } finally {
    clearTimeout(timer);
  }
}

/** A function, since it changes while others wait. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

function retryAfterMs(error: unknown): number | null {
  const seconds = error instanceof Error && "retryAfter" in error ? error.retryAfter : null;
  return typeof seconds === "number" ? seconds * 1000 : null;
}

/** Waits that long, or until the network or the person comes back. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const done = () => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    const options = { signal: over.signal };
    signal.addEventListener("abort", done, options);
    window.addEventListener("online", done, options);
    document.addEventListener("visibilitychange", () => document.hidden || done(), options);
  });
}
