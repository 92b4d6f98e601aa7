import type { ReactNode } from "react";

/** A temporary message. */
export type Message = {
  words: ReactNode;
  /** An action, such as Undo. `altText` describes another way to do it. */
  action?: { label: string; altText: string; onPress: () => void };
  danger?: boolean;
  /** The number of the change that the action undoes, by which the message can be removed. */
  event?: number;
};

export type Shown = Message & { id: number };

const SHOWN_AT_ONCE = 3;

/** A problem with an action stays until the action is taken or the message is dismissed. */
export const stays = ({ danger, action }: Message) => danger === true && action !== undefined;

/** Adds a message in place of one that says the same, and limits the number of temporary ones. */
export function withMessage(shown: readonly Shown[], message: Message): Shown[] {
  const same = shown.filter((one) => !one.action && one.words === message.words);
  const passing = shown.filter((one) => !stays(one) && !same.includes(one));
  const pushedOut = [...same, ...(stays(message) ? [] : passing.slice(0, 1 - SHOWN_AT_ONCE))];
  const id = (shown.at(-1)?.id ?? 0) + 1;
  return [...shown.filter((one) => !pushedOut.includes(one)), { ...message, id }];
}
