import type { ReactNode } from "react";

import { requireSession } from "@/auth/server/session";
import { Header } from "@/features/shell/header";

/** The pages of a person who has signed in. */
export default async function SignedInLayout({ children }: { children: ReactNode }) {
  await requireSession();
  return (
    <>
      <Header />
      {children}
    </>
  );
}
