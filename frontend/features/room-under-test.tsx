import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach } from "vitest";

import { AnsweringServer } from "@/api/answering-server";
import { PersonProvider } from "@/auth/person";
import { ToastProvider } from "@/ui/toast";

const ANN = { id: "ann", email: "ann@example.com", hasPassword: true };

/** A part of the page by itself, and the server that answers its calls. */
export function roomUnderTest() {
  const server = new AnsweringServer();
  beforeEach(async () => {
    await server.start();
  });
  afterEach(async () => {
    cleanup();
    await server.stop();
    server.calls.length = 0;
  });
  return {
    server,
    show: (room: ReactNode) => {
      const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
      render(
        <QueryClientProvider client={client}>
          <PersonProvider person={ANN}>
            <ToastProvider>{room}</ToastProvider>
          </PersonProvider>
        </QueryClientProvider>,
      );
    },
    press: async (name: string) => fireEvent.click(await screen.findByRole("button", { name })),
    fill: async (label: string, value: string) =>
      fireEvent.change(await screen.findByLabelText(label), { target: { value } }),
  };
}
