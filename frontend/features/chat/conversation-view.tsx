import { useChat } from "@ai-sdk/react";
import { type RefObject, useEffect, useMemo, useState, useSyncExternalStore } from "react";

import { Button } from "@/ui/button";

import { Composer } from "./composer";
import { entriesOf, isAwaited, wordsOf } from "./entries";
import { NotSetUp } from "./not-set-up";
import {
  isMissing,
  isNotSetUp,
  messagesOf,
  useChangeConversation,
  useChatModel,
  useConversation,
  useMessages,
} from "./queries";
import { Suggestions } from "./suggestions";
import type { Talk } from "./talks";
import { Transcript } from "./transcript";
import { useStickToEnd } from "./use-stick-to-end";
import { whyNotSent } from "./words";

const MS_BETWEEN_DELTAS = 80;
const MS_WHILE_AWAITED = 1_500;

type ConversationViewProps = { talk: Talk; fieldRef: RefObject<HTMLTextAreaElement | null> };

/** One conversation: its messages and the input. */
export function ConversationView({ talk, fieldRef }: ConversationViewProps) {
  const { id, draft, replaces, refused, broken } = useSyncExternalStore(
    talk.listen,
    talk.read,
    talk.read,
  );
  const {
    messages: live,
    status,
    stop,
  } = useChat({
    chat: talk.chat,
    throttle: MS_BETWEEN_DELTAS,
  });
  const busy = status === "submitted" || status === "streaming";
  const model = useChatModel();
  const itself = useConversation(id);
  const [awaited, setAwaited] = useState(false);
  const messages = useMessages(id, awaited && !busy ? MS_WHILE_AWAITED : false);
  const stored = useMemo(() => messagesOf(messages.data?.pages ?? []), [messages.data]);
  const entries = useMemo(() => entriesOf(stored, live), [stored, live]);
  useEffect(() => {
    const look = () => setAwaited(isAwaited(stored, Date.now()));
    look();
    const timer = setInterval(look, MS_WHILE_AWAITED);
    return () => clearInterval(timer);
  }, [stored]);

  // Messages of agents and other tabs.
  const known = stored.at(-1)?.id ?? 0;
  const there = itself.data?.messages ?? 0;
  const { refetch } = messages;
  useEffect(() => {
    if (there > known) void refetch();
  }, [there, known, refetch]);

  const trashed = itself.data?.deleted_at !== undefined;
  const closed = busy || trashed || awaited || isNotSetUp(model.error);
  const change = useChangeConversation();
  const { scroller, away, toEnd, onScroll } = useStickToEnd(entries, busy);
  const problem = itself.error ?? messages.error;
  if (problem && stored.length === 0 && live.length === 0) {
    return (
      <div role="alert" className="m-auto grid max-w-72 justify-items-center gap-3 p-6 text-center">
        <p>{isMissing(problem) ? "This conversation does not exist." : problem.message}</p>
        {isMissing(problem) ? null : (
          <Button size="small" onClick={() => void Promise.all([itself.refetch(), refetch()])}>
            Try again
          </Button>
        )}
      </div>
    );
  }
  return (
    <>
      <div
        ref={scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="group"
        aria-label="Conversation"
        className="min-h-0 grow overflow-y-auto overscroll-contain px-4 py-3 [scrollbar-gutter:stable]"
      >
        {messages.hasNextPage ? (
          <div className="mb-4 text-center">
            <Button
              size="small"
              busy={messages.isFetchingNextPage}
              onClick={() => void messages.fetchNextPage()}
            >
              Show earlier messages
            </Button>
          </div>
        ) : null}
        <Transcript
          entries={entries}
          conversation={id}
          closed={closed}
          onEdit={(said) => {
            if (said.id) talk.edit(said.id, said.text);
            fieldRef.current?.focus();
          }}
          onRetry={(said) => void talk.say(said.text, said.id)}
        />
        {busy || (awaited && !trashed) ? (
          <Thinking started={status === "streaming"} awaited={!busy} />
        ) : null}
        {broken && awaited && !trashed ? (
          <p className="mt-2 text-sm text-muted">
            The connection was lost. The answer appears here as soon as it is back.
          </p>
        ) : null}
        {id === null && entries.length === 0 && !isNotSetUp(model.error) ? (
          <Suggestions
            onChoose={(text) => {
              talk.write(text);
              fieldRef.current?.focus();
            }}
          />
        ) : null}
      </div>
      {away ? (
        <div className="relative">
          <Button size="small" onClick={toEnd} className="absolute -top-10 right-4 shadow-float">
            To the end
          </Button>
        </div>
      ) : null}
      <Announced entries={entries} busy={busy} />
      <div className="grid gap-2 border-t border-line p-3">
        {refused ? (
          <p role="alert" className="rounded-lg bg-danger-soft p-2 text-sm">
            {whyNotSent(refused.error, refused.replacing)}
          </p>
        ) : null}
        {isNotSetUp(model.error) ? (
          <NotSetUp />
        ) : trashed && id !== null ? (
          <div className="flex items-center justify-between gap-2 text-sm">
            This conversation is in the trash.
            <Button
              size="small"
              busy={change.isPending}
              onClick={() => change.mutate({ id, deleted: false })}
            >
              Restore
            </Button>
          </div>
        ) : (
          <Composer
            text={draft}
            onWrite={(text) => talk.write(text)}
            onSend={() => {
              toEnd();
              void talk.send();
            }}
            busy={busy}
            onStop={() => void stop()}
            editing={replaces !== null}
            onStopEditing={() => talk.stopEditing()}
            fieldRef={fieldRef}
          />
        )}
      </div>
    </>
  );
}

/** A sign that the assistant is working while no text arrives. */
function Thinking({ started, awaited }: { started: boolean; awaited: boolean }) {
  return (
    <p className="mt-3 flex items-center gap-2 text-sm text-muted">
      <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
      {awaited ? "Waiting for the answer …" : started ? "Answering …" : "Thinking …"}
    </p>
  );
}

/** The text for screen readers: that an answer is being written, then the whole answer. */
function Announced({ entries, busy }: { entries: ReturnType<typeof entriesOf>; busy: boolean }) {
  const [wasBusy, setWasBusy] = useState(busy);
  const [ended, setEnded] = useState(false);
  if (busy !== wasBusy) {
    setWasBusy(busy);
    setEnded(wasBusy);
  }
  const last = entries.at(-1);
  const answer = ended && last?.kind === "answer" ? last : null;
  const words = answer ? (answer.failure?.words ?? wordsOf(answer.parts)) : "";
  return (
    <p role="status" className="sr-only">
      {busy ? "The assistant is answering." : words ? `The assistant: ${words}` : ""}
    </p>
  );
}
