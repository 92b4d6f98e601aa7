import type { ReactNode } from "react";

import { Logo } from "@/ui/logo";

/** One card in the middle: signing in, and what belongs to it. */
export default function SignInLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-6 p-4 py-10">
      <div className="text-center text-lg">
        <Logo />
      </div>
      <div className="rounded-2xl border border-line bg-surface p-6 shadow-float sm:p-8">
        {children}
      </div>
    </main>
  );
}
