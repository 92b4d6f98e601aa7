import type { ReactNode } from "react";

import { PersonProvider } from "@/auth/person";
import { hasPassword, requireSession } from "@/auth/server/session";
import { RecentSignIn } from "@/features/recent-sign-in/recent-sign-in";
import { ChatBeside } from "@/features/chat/chat-beside";
import { Header } from "@/features/shell/header";

/** The pages of a person who has signed in. */
export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const { user } = await requireSession();
  const person = { id: user.id, email: user.email, hasPassword: await hasPassword(user.id) };
  return (
    <PersonProvider person={person}>
      <noscript>
        <p className="p-4 text-center">The list needs JavaScript, which this browser blocks.</p>
      </noscript>
      <ChatBeside>
        <Header />
        {children}
      </ChatBeside>
      <RecentSignIn />
    </PersonProvider>
  );
}
