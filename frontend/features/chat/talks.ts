import { Chat } from "@ai-sdk/react";
import type { QueryClient } from "@tanstack/react-query";
import { type ChatTransport, DefaultChatTransport } from "ai";
import { config } from "zod";

import { problemOf } from "@/api/problem";
import { fetchAsPerson } from "@/auth/authorized-fetch";
import { FEED_KEY } from "@/features/tasks/feed";
import { newKey } from "@/ui/new-key";

import type { Live } from "./entries";
import { drafts } from "./kept";
import { conversationKeys } from "./queries";

// The AI SDK validates each chunk with zod. The content security policy forbids compiled validators.
config({ jitless: true });

type State = {
  /** The id of the conversation; null before it has begun. */
  id: number | null;
  /** The unsent text. */
  draft: string;
  /** The id of the message that the text will replace. */
  replaces: number | null;
  /** The reason why the last message was not sent. */
  refused: { error: Error; replacing: boolean } | null;
  /** Whether the connection was lost after the turn had begun. */
  broken: boolean;
};

type Sending = { text: string; replaces: number | null; key: string; begun: boolean };

type Chunk = { type: string; messageMetadata?: unknown };

/** One conversation in this tab. Its turn continues while it is not shown. */
export class Talk {
  readonly chat: Chat<Live>;
  private state: State;
  private sending: Sending | null = null;
  private failed: Error | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly person: string,
    private readonly client: QueryClient,
    id: number | null,
    private readonly began: (id: number) => void,
  ) {
    const draft = drafts.of(person, id);
    this.state = { id, draft, replaces: null, refused: null, broken: false };
    this.chat = new Chat<Live>({
      transport: this.transport(),
      onError: (error) => (this.failed = error),
      onFinish: ({ isAbort }) => this.ended(isAbort),
    });
  }

  readonly read = (): State => this.state;

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  write(draft: string): void {
    drafts.keep(this.person, this.state.id, draft);
    this.set(draft ? { draft } : { draft, refused: null });
  }

  /** Starts editing the person's last message. Discards the unsent text. */
  edit(message: number, text: string): void {
    this.write(text);
    this.set({ replaces: message, refused: null });
  }

  stopEditing(): void {
    this.write("");
    this.set({ replaces: null, refused: null });
  }

  /** Sends the text. A text that may have arrived already is sent again with the same key. */
  async send(): Promise<void> {
    const { draft, replaces } = this.state;
    // Survives a reload until the server has stored it.
    this.set({ draft: "" });
    await this.say(draft, replaces);
  }

  async say(text: string, replaces: number | null): Promise<void> {
    if (this.sending?.begun === false) return;
    const last = this.unsent;
    const same = last?.text === text && last.replaces === replaces;
    const sending = { text, replaces, key: same ? last.key : newKey(), begun: false };
    this.sending = sending;
    this.failed = null;
    this.set({ replaces: null, refused: null, broken: false });
    this.chat.messages = []; // earlier messages are stored
    await this.chat.sendMessage(
      { text },
      {
        headers: { "Idempotency-Key": sending.key },
        body: replaces === null ? {} : { replaces },
      },
    );
  }

  private unsent: Sending | null = null;

  private transport(): ChatTransport<Live> {
    const inner = new DefaultChatTransport<Live>({
      api: "/api/me/chat/stream",
      fetch: fetchAnswer,
      prepareSendMessagesRequest: ({ messages, body, headers }) => ({
        ...(headers ? { headers } : {}),
        body: {
          message: messages
            .at(-1)
            ?.parts.map((part) => (part.type === "text" ? part.text : ""))
            .join(""),
          ...(this.state.id === null ? {} : { conversation_id: this.state.id }),
          ...body,
        },
      }),
    });
    return {
      sendMessages: async (options) => {
        const chunks = await inner.sendMessages(options);
        const watch = new TransformStream<Chunk, Chunk>({
          transform: (chunk, controller) => {
            this.heard(chunk);
            controller.enqueue(chunk);
          },
        });
        return chunks.pipeThrough(watch as never);
      },
      reconnectToStream: () => Promise.resolve(null),
    };
  }

  private heard(chunk: Chunk): void {
    if (chunk.type === "start") {
      const { conversation_id } = chunk.messageMetadata as { conversation_id: number };
      if (this.sending) this.sending.begun = true;
      this.unsent = null;
      if (!this.state.draft) drafts.keep(this.person, this.state.id, "");
      if (this.state.id === null) {
        drafts.keep(this.person, conversation_id, this.state.draft);
        drafts.keep(this.person, null, "");
        this.set({ id: conversation_id });
        this.began(conversation_id);
      }
      this.refresh();
    } else if (chunk.type === "tool-output-available" || chunk.type === "tool-output-error") {
      void this.client.invalidateQueries({ queryKey: FEED_KEY });
      this.refreshMessages();
    }
  }

  private ended(stopped: boolean): void {
    const { sending, failed } = this;
    this.sending = null;
    const told = this.chat.lastMessage?.metadata;
    // A failed answer is stored with its reason.
    const broken = Boolean(sending?.begun && failed && told?.answer_id === undefined);
    if (sending && !sending.begun) {
      this.unsent = sending;
      this.chat.messages = [];
      const draft = [sending.text, this.state.draft].filter(Boolean).join("\n\n");
      this.write(draft);
      const replacing = sending.replaces !== null;
      const gone = replacing && failed !== null && "status" in failed && failed.status === 409;
      this.set({
        replaces: gone ? null : sending.replaces,
        refused: failed && !stopped ? { error: failed, replacing } : null,
      });
    }
    this.set({ broken });
    queueMicrotask(() => this.chat.clearError());
    this.refresh();
    void this.client.invalidateQueries({ queryKey: FEED_KEY });
  }

  private refresh(): void {
    void this.client.invalidateQueries({ queryKey: conversationKeys.lists });
    this.refreshMessages();
  }

  private refreshMessages(): void {
    if (this.state.id === null) return;
    void this.client.invalidateQueries({ queryKey: conversationKeys.one(this.state.id) });
  }

  private set(changed: Partial<State>): void {
    this.state = { ...this.state, ...changed };
    for (const listener of this.listeners) listener();
  }
}

async function fetchAnswer(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetchAsPerson(new Request(input, init));
  if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
  return response;
}

/** The talks of this tab and person. */
export class Talks {
  private readonly known = new Map<number, Talk>();
  private fresh: Talk | null = null;

  constructor(
    readonly person: string,
    readonly client: QueryClient,
  ) {}

  /** The talk of a conversation, or of a new one. */
  in(id: number | null): Talk {
    if (id === null) return (this.fresh ??= this.make(null));
    const known = this.known.get(id) ?? this.make(id);
    this.known.set(id, known);
    return known;
  }

  /** Forgets the talk of the new conversation, which has its own address by now. */
  settle(talk: Talk): void {
    if (this.fresh === talk) this.fresh = null;
  }

  private make(id: number | null): Talk {
    const talk: Talk = new Talk(this.person, this.client, id, (begun) => {
      this.known.set(begun, talk);
    });
    return talk;
  }
}

let talks: Talks | null = null;

/** The same instance for the lifetime of the page and its person. */
export function talksOf(person: string, client: QueryClient): Talks {
  if (talks?.person !== person || talks.client !== client) talks = new Talks(person, client);
  return talks;
}
