"use client";

import { useState } from "react";

import { Button } from "@/ui/button";
import { ShownOnceDialog } from "@/ui/shown-once-dialog";

import { AddWebhook } from "./add-webhook";
import { useWebhooks } from "./queries";
import { WebhookItem } from "./webhook-item";

/** The person's webhooks: who hears of changes, how that goes, and the way to add one. */
export function Webhooks() {
  const { data: webhooks, error } = useWebhooks();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <section>
      <div className="mb-3 flex items-center justify-between gap-4">
        <h2 className="text-lg font-semibold">Webhooks</h2>
        <Button size="small" onClick={() => setAdding(true)}>
          Add a webhook
        </Button>
      </div>
      <p className="mb-3 text-sm text-muted">
        An HTTPS address that is called with each change of your list, yours and your agents’. Each
        call is signed as{" "}
        <a
          href="https://www.standardwebhooks.com"
          className="text-accent underline underline-offset-4"
        >
          Standard Webhooks
        </a>{" "}
        describes.
      </p>
      {error ? <p role="alert">{error.message}</p> : null}
      {webhooks && webhooks.length > 0 ? (
        <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
          {webhooks.map((webhook) => (
            <WebhookItem key={webhook.id} webhook={webhook} onSecret={setSecret} />
          ))}
        </ul>
      ) : null}
      {webhooks?.length === 0 ? (
        <p className="rounded-xl border border-dashed border-line-strong p-4 text-sm text-muted">
          None. A webhook is for programs such as n8n, or one of your own, that wait for changes.
        </p>
      ) : null}
      {adding ? <AddWebhook onClose={() => setAdding(false)} onSecret={setSecret} /> : null}
      {secret ? (
        <ShownOnceDialog
          title="The secret of the webhook"
          description="It is shown only once. The receiver checks with it that a call comes from this list."
          secret={secret}
          label="the secret"
          onClose={() => setSecret(null)}
        />
      ) : null}
    </section>
  );
}
