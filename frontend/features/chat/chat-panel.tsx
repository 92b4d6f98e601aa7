"use client";

import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, Menu, Plus, X } from "lucide-react";
import { useEffect, useRef, useSyncExternalStore } from "react";

import { usePerson } from "@/auth/person";
import { Button } from "@/ui/button";

import type { Place } from "./address";
import { ConversationList, titleOf } from "./conversation-list";
import { ConversationView } from "./conversation-view";
import { lastOpen } from "./kept";
import { useConversation } from "./queries";
import { type Talk, type Talks, talksOf } from "./talks";
import { goTo } from "./use-place";

/** The panel's content: a conversation, or the list of them. Loaded when the panel is opened. */
export function ChatPanel({ place, onClose }: { place: Place; onClose: () => void }) {
  const person = usePerson();
  const client = useQueryClient();
  const talks = talksOf(person.id, client);
  const listing = place === "all" || place === "trash";
  const talk = listing ? null : talks.in(place === "new" ? null : place);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // An on-screen keyboard would cover the conversation.
    if (!listing && !window.matchMedia("(pointer: coarse)").matches) field.current?.focus();
  }, [talk, listing]);
  useBegun(talks, talk, place);
  useEffect(() => {
    if (typeof place === "number") lastOpen.keep(person.id, place);
    else if (place === "new") lastOpen.keep(person.id, null);
  }, [place, person.id]);
  return (
    <>
      <div className="flex h-12 shrink-0 items-center gap-1 border-b border-line px-2">
        {listing ? (
          <Button
            size="icon"
            look="quiet"
            onClick={() => goTo(lastOpen.of(person.id) ?? "new")}
            aria-label="Back to the conversation"
          >
            <ArrowLeft aria-hidden className="size-4" />
          </Button>
        ) : (
          <Button
            size="icon"
            look="quiet"
            onClick={() => goTo("all")}
            aria-label="All conversations"
          >
            <Menu aria-hidden className="size-4" />
          </Button>
        )}
        <h2 dir="auto" className="min-w-0 grow truncate px-1 text-sm font-semibold">
          {place === "trash" ? "Trash" : listing ? "Conversations" : <Title place={place} />}
        </h2>
        <Button
          size="icon"
          look="quiet"
          onClick={() => {
            goTo("new");
            field.current?.focus();
          }}
          aria-label="New conversation"
        >
          <Plus aria-hidden className="size-4" />
        </Button>
        <Button size="icon" look="quiet" onClick={onClose} aria-label="Close the chat">
          <X aria-hidden className="size-4" />
        </Button>
      </div>
      {talk ? (
        <ConversationView key={numberOf(talk)} talk={talk} fieldRef={field} />
      ) : (
        <ConversationList key={place} trash={place === "trash"} />
      )}
    </>
  );
}

function Title({ place }: { place: Place }) {
  const { data } = useConversation(typeof place === "number" ? place : null);
  return typeof place === "number" ? (data ? titleOf(data) : "") : "New conversation";
}

/** Puts the id of a conversation that has just begun into the address. */
function useBegun(talks: Talks, talk: Talk | null, place: Place): void {
  const never = () => () => undefined;
  const id = useSyncExternalStore(
    talk?.listen ?? never,
    () => talk?.read().id ?? null,
    () => null,
  );
  useEffect(() => {
    if (place !== "new" || !talk || id === null) return;
    talks.settle(talk);
    goTo(id, { inPlace: true });
  }, [talks, talk, place, id]);
}

const numbers = new WeakMap<Talk, number>();
let last = 0;

/** A key for a talk that stays the same when its conversation gets an id. */
function numberOf(talk: Talk): number {
  const known = numbers.get(talk) ?? (last += 1);
  numbers.set(talk, known);
  return known;
}
