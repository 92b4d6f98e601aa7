import { clsx } from "clsx";
import { Bot, KeyRound, MessageCircle, Server, SquareTerminal, UserRound } from "lucide-react";

import type { Event } from "./events";

type Author = Pick<Event, "actor" | "client_id" | "client_name">;

/** Grounds with at least 4.5:1 to the icon on them, in both themes. */
const COLOURS = [
  "bg-[light-dark(oklch(0.93_0.05_188),oklch(0.34_0.06_188))]",
  "bg-[light-dark(oklch(0.93_0.05_250),oklch(0.34_0.07_250))]",
  "bg-[light-dark(oklch(0.93_0.05_305),oklch(0.34_0.07_305))]",
  "bg-[light-dark(oklch(0.93_0.05_20),oklch(0.34_0.07_20))]",
  "bg-[light-dark(oklch(0.93_0.06_70),oklch(0.34_0.06_70))]",
  "bg-[light-dark(oklch(0.93_0.06_140),oklch(0.34_0.06_140))]",
];

const TERMINALS = /code|codex|cli|terminal|cursor|windsurf|zed/i;

function Icon({ actor, client_id, client_name }: Author) {
  if (actor === "person") return <UserRound className="size-4" />;
  if (actor === "assistant") return <MessageCircle className="size-4" />;
  if (actor === "system") return <Server className="size-4" />;
  if (TERMINALS.test(client_name)) return <SquareTerminal className="size-4" />;
  return client_id.startsWith("key-") ? (
    <KeyRound className="size-4" />
  ) : (
    <Bot className="size-4" />
  );
}

function colourOf({ actor, client_id }: Author) {
  if (actor === "person" || actor === "system") return "bg-sunken";
  let sum = 0;
  for (const character of client_id) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return COLOURS[sum % COLOURS.length];
}

/** The picture of an author. Their name stands beside it. */
export function Face({ author }: { author: Author }) {
  return (
    <span
      aria-hidden
      className={clsx("grid size-8 shrink-0 place-items-center rounded-full", colourOf(author))}
    >
      <Icon {...author} />
    </span>
  );
}
