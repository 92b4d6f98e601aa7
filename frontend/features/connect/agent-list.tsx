"use client";

import { useState } from "react";

import { Face } from "@/features/activity/face";
import { saidOf } from "@/features/activity/words";
import { WorkingNow } from "@/features/activity/working-now";
import { ago } from "@/features/tasks/dates";
import { scopesInWords } from "@/features/consent/scope-words";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { useToast } from "@/ui/toast";

import { type Agent, useLastEvent, useRevoke } from "./queries";

/** The server notes the time of an agent's last call once a minute. */
const WORKING_MS = 70_000;

/** Agents or keys, each with its scopes, its last action, and a button that ends it. */
export function AgentList({ agents, empty }: { agents: readonly Agent[]; empty: string }) {
  const [revoking, setRevoking] = useState<Agent | null>(null);
  const good = agents.filter((agent) => !agent.revoked_at);
  const revoked = agents.filter((agent) => agent.revoked_at);
  return (
    <>
      {good.length > 0 ? (
        <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
          {good.map((agent) => (
            <AgentItem key={agent.client_id} agent={agent} onRevoke={() => setRevoking(agent)} />
          ))}
        </ul>
      ) : (
        <p className="rounded-xl border border-dashed border-line-strong p-4 text-sm text-muted">
          {empty}
        </p>
      )}
      {revoked.length > 0 ? (
        <details className="mt-2 text-sm text-muted">
          <summary className="py-1">{revoked.length} revoked</summary>
          <ul className="grid gap-1 py-1">
            {revoked.map((agent) => (
              <li key={agent.client_id} className="break-words">
                <bdi>{agent.name}</bdi>, revoked {ago(agent.revoked_at ?? "")}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <RevokeDialog agent={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}

function AgentItem({ agent, onRevoke }: { agent: Agent; onRevoke: () => void }) {
  const { data: did } = useLastEvent(agent);
  return (
    <li className="flex items-start gap-3 p-4">
      <Face author={{ actor: "agent", client_id: agent.client_id, client_name: agent.name }} />
      <div className="grid min-w-0 grow gap-1 text-sm">
        <h3 dir="auto" className="font-medium break-words">
          {agent.name}
        </h3>
        {agent.last_used_at ? (
          <WorkingNow key={agent.last_used_at} ms={WORKING_MS} since={agent.last_used_at} />
        ) : null}
        <p className="text-muted">
          May:{" "}
          {scopesInWords(agent.scopes)
            .map(({ may }) => may.toLowerCase())
            .join("; ") || "nothing"}
        </p>
        <p className="text-muted">
          {agent.last_used_at ? `Last used ${ago(agent.last_used_at)}` : "Not used yet"}
          {did ? (
            <>
              {" · "}
              {saidOf(did.event)} <bdi>“{did.title}”</bdi> {ago(did.event.at)}
            </>
          ) : null}
        </p>
        {agent.expires_at ? <Expiry at={agent.expires_at} /> : null}
      </div>
      <Button size="small" onClick={onRevoke} aria-label={`Revoke ${agent.name}`}>
        Revoke
      </Button>
    </li>
  );
}

function Expiry({ at }: { at: string }) {
  const [now] = useState(() => Date.now());
  const day = new Date(at).toLocaleDateString("en-GB", { dateStyle: "medium" });
  return Date.parse(at) > now ? (
    <p className="text-muted">Good until {day}</p>
  ) : (
    <p className="text-danger">Ended on {day}</p>
  );
}

function RevokeDialog({ agent, onClose }: { agent: Agent | null; onClose: () => void }) {
  const revoke = useRevoke();
  const tell = useToast();
  if (!agent) return null;
  const confirm = () =>
    revoke.mutate(agent, {
      onSuccess: () => {
        tell({ words: `${agent.name} has no access any more` });
        onClose();
      },
      onError: (error) => tell({ words: error.message, danger: true }),
    });
  return (
    <ConfirmDialog
      title={`Revoke ${agent.name}?`}
      description="It loses its access within seconds. Its changes stay in your list and can still be undone."
      action="Revoke"
      busy={revoke.isPending}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
