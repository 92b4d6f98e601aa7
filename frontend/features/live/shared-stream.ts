import { listen, type Listener } from "./stream";

/** The tab with the stream tells the others with every heartbeat, every 15 s. */
const SILENCE_MS = 40_000;

/** A message between tabs: the newest event, null when the stream is lost; or a question for both. */
type Message = { newest: number | null } | "asks";

/** Listens to the live feed of a person until `signal` aborts. All tabs of the browser share one
 * stream. If the tab that has it is closed, another opens it. */
export function listenTogether(person: string, listener: Listener, signal: AbortSignal): void {
  const name = `surelist.live.${person}`;
  const channel = new BroadcastChannel(name);
  let silence: ReturnType<typeof setTimeout> | undefined;
  let leads = false;
  let newest: number | null = null;
  const tell = (message: Message) => channel.postMessage(message);

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data === "asks") {
      if (leads) tell({ newest });
    } else if (!leads) {
      clearTimeout(silence);
      if (data.newest === null) {
        listener.onLost();
        return;
      }
      silence = setTimeout(listener.onLost, SILENCE_MS);
      listener.onNewest(data.newest);
    }
  };

  const lead = async () => {
    leads = true;
    clearTimeout(silence);
    const hear = (id: number | null) => {
      newest = id;
      if (!signal.aborted) tell({ newest });
    };
    const both: Listener = {
      onNewest: (id) => {
        hear(id);
        listener.onNewest(id);
      },
      onLost: () => {
        hear(null);
        listener.onLost();
      },
    };
    await listen(both, signal);
  };

  signal.addEventListener("abort", () => {
    clearTimeout(silence);
    channel.close();
  });
  // Only pages from HTTPS or from this machine have locks. On others, each tab has a stream.
  if (!("locks" in navigator)) {
    void lead();
    return;
  }
  tell("asks");
  navigator.locks.request(name, { signal }, lead).catch(() => undefined);
}
