"use client";

import { clsx } from "clsx";
import { MessageCircle } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";

import { usePerson } from "@/auth/person";
import { useOpenTask } from "@/features/tasks/task-address";

import { lastOpen } from "./kept";
import { goTo, usePlace } from "./use-place";

/** The id of the chat button, which gets the focus when the chat closes. */
export const CHAT_BUTTON = "chat-button";

/** Opens the chat at its last place, or closes it. */
export function useToggleChat(): () => void {
  const { id } = usePerson();
  const place = usePlace();
  const covered = useOpenTask() !== null;
  return () => {
    if (place !== null && covered) goTo(place, { uncovered: true });
    else goTo(place === null ? (lastOpen.of(id) ?? "new") : null, { uncovered: true });
  };
}

type ChatButtonProps = { className: string; icon: string };

/** The button in the header that opens the chat, on every page. It takes the classes of its parts. */
export function ChatButton({ className, icon }: ChatButtonProps) {
  const onList = usePathname() === "/";
  const open = usePlace() !== null && onList;
  const toggle = useToggleChat();
  return (
    <Link
      id={CHAT_BUTTON}
      href="/?chat=new"
      prefetch={false}
      aria-expanded={open}
      aria-keyshortcuts="c"
      onClick={(event) => {
        if (!onList || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        toggle();
      }}
      className={clsx(className, open ? "font-medium text-accent" : "text-muted")}
    >
      <MessageCircle aria-hidden className={icon} />
      Chat
    </Link>
  );
}
