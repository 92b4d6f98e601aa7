import type { ReactNode } from "react";

import { Header } from "@/features/shell/header";

/** The pages of a person who has signed in. */
export default function SignedInLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <Header />
      {children}
    </>
  );
}
