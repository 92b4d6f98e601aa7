import { clsx } from "clsx";
import { ArrowUp, Square, X } from "lucide-react";
import { type KeyboardEvent, type Ref, useId } from "react";

import { Button } from "@/ui/button";

import { isBlank, lengthOf, MOST_CHARACTERS } from "./text";

type ComposerProps = {
  text: string;
  onWrite: (text: string) => void;
  onSend: () => void;
  /** A turn is running in this tab. */
  busy: boolean;
  onStop: () => void;
  /** The text will replace the last message. */
  editing: boolean;
  onStopEditing: () => void;
  fieldRef: Ref<HTMLTextAreaElement>;
};

const COUNTED_FROM = MOST_CHARACTERS - 5_000;

/** The input for a message. */
export function Composer(props: ComposerProps) {
  const { text, onWrite, onSend, busy, onStop, editing, onStopEditing, fieldRef } = props;
  const told = useId();
  const length = lengthOf(text);
  const tooLong = length > MOST_CHARACTERS;
  const ready = !busy && !tooLong && !isBlank(text);
  const send = () => ready && onSend();
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Escape" && editing) {
      event.stopPropagation();
      onStopEditing();
    }
    if (event.key !== "Enter" || event.shiftKey || isComposing(event) || isTouched()) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="grid gap-1"
    >
      {editing ? (
        <div className="flex items-center justify-between gap-2 text-sm text-muted">
          Editing your last message
          <Button size="small" look="quiet" onClick={onStopEditing}>
            <X aria-hidden className="size-3.5" />
            Cancel
          </Button>
        </div>
      ) : null}
      <div className="flex items-end gap-1 rounded-2xl border border-line-strong bg-surface p-1 pl-3 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-ring">
        <textarea
          ref={fieldRef}
          rows={1}
          dir="auto"
          value={text}
          onChange={(event) => onWrite(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label="Message"
          aria-describedby={told}
          aria-invalid={tooLong || undefined}
          placeholder="Talk to your list"
          className="field-sizing-content max-h-[30dvh] min-h-8 min-w-0 grow resize-none bg-transparent py-1.5 text-base leading-5 outline-none placeholder:text-muted sm:text-sm pointer-coarse:min-h-11 pointer-coarse:py-3"
        />
        {busy ? (
          <Button size="icon" look="secondary" onClick={onStop} aria-label="Stop">
            <Square aria-hidden className="size-3.5 fill-current" />
          </Button>
        ) : (
          <Button
            size="icon"
            look="primary"
            type="submit"
            disabled={!ready}
            aria-label="Send"
            className="rounded-full!"
          >
            <ArrowUp aria-hidden className="size-4" />
          </Button>
        )}
      </div>
      <p
        id={told}
        role={tooLong ? "alert" : undefined}
        className={clsx("text-xs", tooLong ? "text-danger" : "text-muted")}
      >
        {length > COUNTED_FROM ? counted(length) : null}
      </p>
    </form>
  );
}

function counted(length: number): string {
  const most = MOST_CHARACTERS.toLocaleString("en");
  const over = length - MOST_CHARACTERS;
  const said = `${length.toLocaleString("en")} of ${most} characters`;
  return over > 0 ? `${said}: shorten it by ${over.toLocaleString("en")} to send it.` : said;
}

/** Whether Enter selects a word of the input method. Safari reports this only by `keyCode`. */
function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return nativeEvent.isComposing || nativeEvent.keyCode === 229;
}

/** Whether the keyboard is on the screen, where Shift+Enter does not exist. */
const isTouched = () => window.matchMedia("(pointer: coarse)").matches;
