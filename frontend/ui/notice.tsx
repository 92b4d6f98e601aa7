import type { ReactNode } from "react";

/** A page with a single message. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto grid min-h-dvh max-w-md place-content-center p-6">
      <h1 className="text-xl font-semibold">{title}</h1>
      <div className="mt-2 text-muted">{children}</div>
    </main>
  );
}
