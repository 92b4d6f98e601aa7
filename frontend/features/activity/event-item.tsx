import { clsx } from "clsx";
import { Undo2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";

import { Button } from "@/ui/button";
import { newKey } from "@/ui/new-key";

import { timeOf } from "./bursts";
import { authorOf, canBeUndone, isOfTask, type ListedEvent } from "./events";
import { Face } from "./face";
import { type Change, changesOf } from "./fields";
import { whyNotUndone } from "./problem-words";
import { useUndoEvent } from "./queries";
import { deedOf } from "./summaries";
import { capital, didOf, quoted } from "./words";

type EventItemProps = {
  event: ListedEvent;
  /** Its author stands above it, with others of the same. */
  inBurst?: boolean;
  /** Its task stands above it. */
  ofOpenTask?: boolean;
};

/** One change: its author, its values before and after, and a button that undoes it. */
export function EventItem({ event, inBurst = false, ofOpenTask = false }: EventItemProps) {
  const undo = useUndoEvent();
  const [why, setWhy] = useState<readonly string[]>([]);
  const [key] = useState(newKey);
  const undone = event.undone_by !== undefined;
  const press = () => {
    setWhy([]);
    undo.mutate(
      { event, key },
      { onError: (error) => void whyNotUndone(event, error).then(setWhy) },
    );
  };
  return (
    <div className="flex items-start gap-3 py-2">
      {inBurst ? null : <Face author={event} />}
      <div className="min-w-0 grow pt-1 text-sm">
        <p className={clsx("break-words", undone && "text-muted")}>
          <Deed event={event} inBurst={inBurst} ofOpenTask={ofOpenTask} />
          <span className="text-muted">
            {" · "}
            <At event={event} />
            {undone ? " · undone" : null}
          </span>
        </p>
        <Changes changes={changesOf(event)} />
        <div role="alert" className="text-danger empty:hidden">
          {why.map((sentence) => (
            <p key={sentence} dir="auto" className="mt-1 break-words">
              {sentence}
            </p>
          ))}
        </div>
      </div>
      {canBeUndone(event) ? (
        <Button
          size="small"
          look="quiet"
          busy={undo.isPending}
          onClick={press}
          aria-label={`Undo: ${authorOf(event)} ${deedOf(event)}`}
        >
          <Undo2 aria-hidden className="size-4" />
          Undo
        </Button>
      ) : null}
    </div>
  );
}

function Deed({ event, inBurst, ofOpenTask }: Required<EventItemProps>) {
  const author = authorOf(event);
  const named = event.title ?? event.after?.title ?? event.before?.title;
  const verb = isOfTask(event) ? didOf(event) : deedOf(event);
  return (
    <>
      {inBurst ? null : <bdi className="font-medium">{author}</bdi>}{" "}
      {inBurst ? capital(verb) : verb}
      {!isOfTask(event) ? null : ofOpenTask ? (
        " this task"
      ) : event.title === undefined ? (
        ` ${named === undefined ? "a task that is gone" : quoted(named)}`
      ) : (
        <>
          {" "}
          <Link
            href={`/?task=${event.task_id}`}
            prefetch={false}
            className="rounded-sm underline decoration-line-strong underline-offset-2 hover:decoration-current"
          >
            <bdi>{quoted(event.title)}</bdi>
          </Link>
        </>
      )}
    </>
  );
}

/** The time of an event, with the exact one as its title. */
export function At({ event }: { event: ListedEvent }) {
  return (
    <time dateTime={event.at} title={event.at.replace("T", " ")} className="tabular-nums">
      {timeOf(event)}
    </time>
  );
}

function Changes({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return null;
  return (
    <dl className="mt-1 grid gap-1 text-muted">
      {changes.map(({ label, before, after }) => (
        <div key={label} className="min-w-0 break-words">
          <dt className="me-1.5 inline font-medium">{label}</dt>
          <dd className="inline">
            {before ? (
              <>
                <span className="sr-only">from </span>
                <del>
                  <Value text={before} />
                </del>{" "}
                <span aria-hidden>→ </span>
                <span className="sr-only">to </span>
              </>
            ) : null}
            <span className="text-text">{after ? <Value text={after} /> : "nothing"}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const LONGEST = 140;

/** A value, cut if it is long, with a button that shows all of it. */
function Value({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= LONGEST || whole) {
    return (
      <bdi dir="auto" className="whitespace-pre-wrap">
        {text}
      </bdi>
    );
  }
  return (
    <>
      <bdi dir="auto">{text.slice(0, LONGEST)}…</bdi>{" "}
      <button
        type="button"
        onClick={() => setWhole(true)}
        className="rounded-sm text-accent underline pointer-coarse:min-h-6"
      >
        Show all
      </button>
    </>
  );
}
