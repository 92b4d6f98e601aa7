"use client";

import { clsx } from "clsx";
import { History, ListTodo, Plug, UserRound } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";

import { ChatButton } from "@/features/chat/chat-button";
import { Logo } from "@/ui/logo";

const PLACES = [
  { href: "/", words: "Tasks", Icon: ListTodo },
  { href: "/activity", words: "Activity", Icon: History },
  { href: "/connect", words: "Connect", Icon: Plug },
  { href: "/account", words: "Account", Icon: UserRound },
] as const;

const LOOK = clsx(
  "flex h-9 items-center gap-1.5 rounded-lg px-2 text-sm hover:bg-hover sm:px-3 pointer-coarse:h-11",
  // On a phone, the words stand below the icons.
  "max-[27rem]:h-11 max-[27rem]:flex-col max-[27rem]:justify-center max-[27rem]:gap-0.5",
  "max-[27rem]:px-1.5 max-[27rem]:text-[0.6875rem]/none",
);
const ICON = "hidden size-4 max-[27rem]:block sm:block";

/** The header with the navigation. */
export function Header() {
  const path = usePathname();
  return (
    <header className="border-b border-line">
      <div className="column flex h-12 items-center justify-between gap-2 px-3 sm:px-6">
        <Link href="/" aria-label="Surelist" className="rounded-md">
          <Logo short />
        </Link>
        <nav aria-label="Pages" className="-mr-2.5 flex sm:-mr-3">
          {PLACES.map(({ href, words, Icon }) => (
            <Link
              key={href}
              href={href}
              aria-current={path === href ? "page" : undefined}
              className={clsx(LOOK, path === href ? "font-medium text-accent" : "text-muted")}
            >
              <Icon aria-hidden className={ICON} />
              {words}
            </Link>
          ))}
          <ChatButton className={LOOK} icon={ICON} />
        </nav>
      </div>
    </header>
  );
}
