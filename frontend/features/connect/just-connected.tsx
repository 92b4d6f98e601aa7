"use client";

import { CircleCheck } from "lucide-react";
import { useState } from "react";

import { type Agent, isKey } from "./queries";

/** Says which agents have connected since the page was opened. Screen readers announce it. */
export function JustConnected({ agents }: { agents: readonly Agent[] }) {
  const connected = agents.filter((agent) => !agent.revoked_at && !isKey(agent));
  const [before] = useState(() => new Set(connected.map(({ client_id }) => client_id)));
  const fresh = connected.filter(({ client_id }) => !before.has(client_id));
  return (
    <div role="status" className="grid gap-2 empty:hidden">
      {fresh.map(({ client_id, name }) => (
        <p
          key={client_id}
          className="flex items-center gap-3 rounded-xl border border-accent bg-accent-soft p-4 text-sm"
        >
          <CircleCheck aria-hidden className="size-5 shrink-0 text-accent" />
          <span className="min-w-0 wrap-anywhere">
            <bdi className="font-medium">{name}</bdi> is connected. Ask it: “What is on my task
            list?”
          </span>
        </p>
      ))}
    </div>
  );
}
