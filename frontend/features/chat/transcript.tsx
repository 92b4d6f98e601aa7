import { clsx } from "clsx";
import { Pencil, RotateCcw } from "lucide-react";
import { useDeferredValue } from "react";

import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";

import type { Answer, Entry, Said } from "./entries";
import { lastSaid, wordsOf } from "./entries";
import { MarkdownText } from "./markdown";
import { StepRow } from "./step-row";
import type { ToolPart } from "./steps";

type TranscriptProps = {
  entries: readonly Entry[];
  conversation: number | null;
  /** Nothing can be sent: a turn is running, or the conversation is in the trash. */
  closed: boolean;
  onEdit: (said: Said) => void;
  onRetry: (said: Said) => void;
};

/** The messages of a conversation. */
export function Transcript({ entries, conversation, closed, onEdit, onRetry }: TranscriptProps) {
  const said = closed ? null : lastSaid(entries);
  return (
    <ol aria-label="Messages" className="grid gap-4">
      {entries.map((entry, index) => (
        <li key={entry.key} className="min-w-0">
          {entry.kind === "folded" ? (
            <details className="text-sm text-muted">
              <summary className="rounded py-1">Earlier wording</summary>
              <ol className="mt-2 grid gap-3 border-s-2 border-line ps-3">
                {entry.entries.map((one) => (
                  <li key={one.key} className="min-w-0">
                    <One entry={one} conversation={conversation} />
                  </li>
                ))}
              </ol>
            </details>
          ) : (
            <One
              entry={entry}
              conversation={conversation}
              onEdit={entry === said && said.by === null && said.id ? () => onEdit(said) : null}
              onRetry={
                said?.by === null && said.id && index === entries.length - 1
                  ? () => onRetry(said)
                  : null
              }
            />
          )}
        </li>
      ))}
    </ol>
  );
}

type OneProps = {
  entry: Said | Answer;
  conversation: number | null;
  onEdit?: (() => void) | null;
  onRetry?: (() => void) | null;
};

function One({ entry, conversation, onEdit, onRetry }: OneProps) {
  return entry.kind === "said" ? (
    <SaidView said={entry} onEdit={onEdit ?? null} />
  ) : (
    <AnswerView answer={entry} conversation={conversation} onRetry={onRetry ?? null} />
  );
}

function SaidView({ said, onEdit }: { said: Said; onEdit: (() => void) | null }) {
  return (
    <div className="grid justify-items-end gap-1 pl-8">
      {said.by ? <p className="text-xs text-muted">Through {said.by}</p> : null}
      <h3 className="sr-only">You said</h3>
      <p
        dir="auto"
        className="max-w-full rounded-2xl rounded-ee-md bg-accent-soft px-3.5 py-2 [overflow-wrap:anywhere] whitespace-pre-wrap"
      >
        {said.text}
      </p>
      {onEdit ? (
        <Button look="quiet" size="small" onClick={onEdit} className="h-7! pointer-coarse:h-11!">
          <Pencil aria-hidden className="size-3.5" />
          Edit
        </Button>
      ) : null}
    </div>
  );
}

function AnswerView({
  answer,
  conversation,
  onRetry,
}: {
  answer: Answer;
  conversation: number | null;
  onRetry: (() => void) | null;
}) {
  const words = wordsOf(answer.parts);
  return (
    <article aria-label={answer.by ?? "Assistant"} className="grid min-w-0 gap-1">
      {answer.by ? <p className="text-xs text-muted">{answer.by}</p> : null}
      <div className="grid min-w-0 gap-2">
        {inGroups(answer.parts).map((group, index) =>
          typeof group === "string" ? (
            <Words key={index} text={group} />
          ) : (
            <ul key={index} aria-label="Steps">
              {group.map((part, at) => (
                <StepRow
                  key={`${part.toolCallId}-${at}`}
                  part={part}
                  changes={answer.changes}
                  conversation={conversation}
                  live={answer.live}
                />
              ))}
            </ul>
          ),
        )}
      </div>
      {words && !answer.live && !answer.failure ? (
        <CopyButton text={words} label="the answer" look="quiet" />
      ) : null}
      {answer.failure ? (
        <p className={clsx("text-sm", answer.failure.stopped ? "text-muted" : "text-danger")}>
          {answer.failure.words}
        </p>
      ) : null}
      {answer.failure && onRetry ? (
        <Button size="small" onClick={onRetry} className="justify-self-start">
          <RotateCcw aria-hidden className="size-3.5" />
          Retry
        </Button>
      ) : null}
    </article>
  );
}

/** Renders long answers with low priority, so that typing stays responsive. */
function Words({ text }: { text: string }) {
  return <MarkdownText text={useDeferredValue(text)} />;
}

/** Groups consecutive tool calls; texts stay separate. */
function inGroups(parts: Answer["parts"]): (string | ToolPart[])[] {
  const groups: (string | ToolPart[])[] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (part.type === "text") {
      if (part.text.trim()) groups.push(part.text);
    } else if (Array.isArray(last)) last.push(part);
    else groups.push([part]);
  }
  return groups;
}
