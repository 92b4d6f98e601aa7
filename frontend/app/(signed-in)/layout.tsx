import type { ReactNode } from "react";

import { PersonProvider } from "@/auth/person";
import { requireSession } from "@/auth/server/session";
import { Header } from "@/features/shell/header";
import { KeepsEditing } from "@/features/tasks/kept-editing";

/** The pages of a person who has signed in. */
export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const { user } = await requireSession();
  return (
    <PersonProvider person={{ id: user.id, email: user.email }}>
      <Header />
      <KeepsEditing>{children}</KeepsEditing>
    </PersonProvider>
  );
}
