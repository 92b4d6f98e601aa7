"use client";

import { onlineManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { ApiProblem } from "@/api/problem";
import { ThemeProvider } from "@/ui/theme";
import type { Theme } from "@/ui/themes";
import { shareStyleNonce } from "@/ui/style-nonce";
import { ToastProvider } from "@/ui/toast";

shareStyleNonce();

const RETRIES = 2;

/** What a refusal says will not change by asking again; what was away may be back. */
function worthRetrying(failures: number, error: Error): boolean {
  const refused = error instanceof ApiProblem && error.status < 500;
  return !refused && failures < RETRIES;
}

function makeQueryClient(): QueryClient {
  // It learns of later changes by events.
  if (typeof window !== "undefined") onlineManager.setOnline(navigator.onLine);
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, retry: worthRetrying },
      mutations: { retry: false },
    },
  });
}

/** What components anywhere may use: queries, toasts, the theme. */
export function Providers({ theme, children }: { theme: Theme; children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <ThemeProvider initial={theme}>
        <ToastProvider>{children}</ToastProvider>
      </ThemeProvider>
    </QueryClientProvider>
  );
}
