import type { UIMessage } from "ai";

import type { Schemas } from "@/api/client";
import { clientName } from "@/auth/server/client-name";

import type { ToolPart } from "./steps";

export type Message = Schemas["ShownMessage"];
export type Change = Schemas["MessageChange"];

/** The metadata of a turn in the stream (specs/chat.md). */
export type Turn = {
  conversation_id: number;
  message_id: number;
  answer_id?: number;
  failure?: string;
};
export type Live = UIMessage<Turn>;

export type Part = { type: "text"; text: string } | ToolPart;

type Common = {
  key: string;
  /** The id of the message; null until the server has stored it. */
  id: number | null;
  /** The name of the agent that wrote it; null for the person and the assistant. */
  by: string | null;
};
export type Said = Common & { kind: "said"; text: string };
export type Answer = Common & {
  kind: "answer";
  /** The id of the message that it answers, if known. */
  to: number | null;
  parts: readonly Part[];
  /** The reason of a failed or stopped turn, as a sentence. */
  failure: { words: string; stopped: boolean } | null;
  /** The changes of the turn, by event id. */
  changes: ReadonlyMap<number, Change>;
  live: boolean;
};
export type Folded = { kind: "folded"; key: string; entries: readonly (Said | Answer)[] };
export type Entry = Said | Answer | Folded;

const OWN_CLIENTS = new Set(["web", "surelist-chat"]); // specs/tokens.md, specs/chat.md

/** The entries to show: the stored messages, then the running turn, unless its answer is already
 * stored. */
export function entriesOf(stored: readonly Message[], live: readonly Live[]): Entry[] {
  const entries: Entry[] = [];
  const changes = new Map(stored.map(({ id, changes = [] }) => [id, byEvent(changes)]));
  for (const message of stored) {
    if (message.replaces !== undefined) fold(entries, message.replaces);
    entries.push(storedEntry(message, changes));
  }
  const answered = new Set(stored.flatMap(({ reply_to }) => reply_to ?? []));
  live.forEach((message, index) => {
    const turn = message.metadata ?? live[index + 1]?.metadata;
    if (turn && answered.has(turn.message_id)) return;
    if (message.role === "assistant") entries.push(liveAnswer(message, changes));
    else if (!turn || !changes.has(turn.message_id)) entries.push(liveSaid(message, turn));
  });
  return entries;
}

/** The person's last message, which can be edited. */
export function lastSaid(entries: readonly Entry[]): Said | null {
  return entries.findLast((entry) => entry.kind === "said") ?? null;
}

/** Whether the last message probably still waits for an answer of the assistant. */
export function isAwaited(stored: readonly Message[], now: number): boolean {
  const last = stored.at(-1);
  if (last?.role !== "user" || last.client_id !== "web") return false;
  return now - Date.parse(last.created_at) < AWAITED_MS;
}

/** Longer than the longest turn plus the time until its lock is released (specs/chat.md). */
const AWAITED_MS = 180_000;

/** The text of an answer for the clipboard. */
export function wordsOf(parts: readonly Part[]): string {
  return parts
    .flatMap((part) => (part.type === "text" ? [part.text.trim()] : []))
    .filter(Boolean)
    .join("\n\n");
}

function storedEntry(
  message: Message,
  changes: ReadonlyMap<number, ReadonlyMap<number, Change>>,
): Said | Answer {
  const { id, content, client_id } = message;
  const by = OWN_CLIENTS.has(client_id) ? null : clientName(message.client_name);
  if (message.role === "user") return { kind: "said", key: `said-${id}`, id, by, text: content };
  const to = message.reply_to ?? null;
  const parts = message.failure || message.parts ? partsOf(message.parts ?? []) : [];
  return {
    kind: "answer",
    key: `answer-${to ?? `of-${id}`}`,
    id,
    by,
    to,
    parts: parts.length > 0 || message.failure ? parts : [{ type: "text", text: content }],
    failure: message.failure ? { words: content, stopped: message.failure === "stopped" } : null,
    changes: (to === null ? undefined : changes.get(to)) ?? new Map(),
    live: false,
  };
}

function liveAnswer(
  message: Live,
  changes: ReadonlyMap<number, ReadonlyMap<number, Change>>,
): Answer {
  const to = message.metadata?.message_id ?? null;
  return {
    kind: "answer",
    key: `answer-${to ?? message.id}`,
    id: null,
    by: null,
    to,
    parts: partsOf(message.parts),
    failure: null,
    changes: (to === null ? undefined : changes.get(to)) ?? new Map(),
    live: true,
  };
}

function liveSaid(message: Live, turn: Turn | undefined): Said {
  const text = message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  return { kind: "said", key: `said-${turn?.message_id ?? message.id}`, id: null, by: null, text };
}

/** Collapses a replaced message and everything that followed it into one entry. */
function fold(entries: Entry[], from: number): void {
  const first = entries.findIndex(
    (entry) =>
      (entry.kind === "folded" ? (entry.entries.at(-1)?.id ?? 0) : (entry.id ?? 0)) >= from,
  );
  // After a second replacement, the entry above already contains the first one.
  const start = entries[first - 1]?.kind === "folded" ? first - 1 : first;
  if (first < 0) return;
  const folded = entries
    .splice(start)
    .flatMap((entry) => (entry.kind === "folded" ? entry.entries : [entry]));
  entries.push({ kind: "folded", key: `folded-${folded[0]?.key ?? from}`, entries: folded });
}

const byEvent = (changes: readonly Change[]) => new Map(changes.map((one) => [one.id, one]));

function partsOf(parts: readonly unknown[]): Part[] {
  return parts.flatMap((part): Part[] => {
    if (typeof part !== "object" || part === null || !("type" in part)) return [];
    const { type } = part;
    if (typeof type !== "string") return [];
    if (type === "text") return [part as Part];
    return type.startsWith("tool-") ? [part as ToolPart] : [];
  });
}
