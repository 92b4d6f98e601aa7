import { useState } from "react";

import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { useToast } from "@/ui/toast";

import {
  useNewSecret,
  usePause,
  useRemove,
  useReplay,
  useTest,
  useUndelivered,
  type Webhook,
} from "./queries";
import { problemInWords, stateInWords } from "./words";

type WebhookItemProps = { webhook: Webhook; onSecret: (secret: string) => void };

/** A webhook: how it is doing, and what can be done with it. */
export function WebhookItem({ webhook, onSecret }: WebhookItemProps) {
  const [removing, setRemoving] = useState(false);
  const tell = useToast();
  const onError = (error: Error) => tell({ words: error.message, danger: true });
  const [test, pause, renew] = [useTest(), usePause(), useNewSecret()];
  const paused = webhook.status === "paused";
  const sendTest = () =>
    test.mutate(webhook, {
      onSuccess: ({ delivered, problem, status }) => {
        if (delivered) tell({ words: "The test message was accepted" });
        else if (problem)
          tell({
            words: `The test message was not accepted: ${problemInWords(problem, status)}.`,
            danger: true,
          });
      },
      onError,
    });
  return (
    <li className="grid gap-2 p-4 text-sm">
      <h3 className="font-mono font-medium wrap-anywhere">{webhook.url}</h3>
      <p className={webhook.status === "active" ? "text-muted" : "text-danger"}>
        {stateInWords(webhook)}
      </p>
      {webhook.undelivered > 0 ? <Undelivered webhook={webhook} onError={onError} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          busy={test.isPending}
          onClick={sendTest}
          aria-label={`Send a test to ${webhook.url}`}
        >
          Send a test
        </Button>
        <Button
          size="small"
          busy={pause.isPending}
          aria-label={`${paused ? "Continue" : "Pause"} ${webhook.url}`}
          onClick={() => pause.mutate({ webhook, paused: !paused }, { onError })}
        >
          {paused ? "Continue" : "Pause"}
        </Button>
        <Button
          size="small"
          busy={renew.isPending}
          aria-label={`New secret for ${webhook.url}`}
          onClick={() =>
            renew.mutate(webhook, { onSuccess: ({ secret }) => onSecret(secret), onError })
          }
        >
          New secret
        </Button>
        <Button size="small" onClick={() => setRemoving(true)} aria-label={`Remove ${webhook.url}`}>
          Remove
        </Button>
      </div>
      {removing ? <RemoveDialog webhook={webhook} onClose={() => setRemoving(false)} /> : null}
    </li>
  );
}

/** The changes that were given up on, and the way to send them again. */
function Undelivered({ webhook, onError }: { webhook: Webhook; onError: (error: Error) => void }) {
  const { data: events = [] } = useUndelivered(webhook);
  const replay = useReplay();
  const count = webhook.undelivered;
  return (
    <details>
      <summary className="py-1">
        {count === 1 ? "1 change was not delivered" : `${count} changes were not delivered`}
      </summary>
      <ul className="grid gap-1 py-1 text-muted">
        {events.map((event) => (
          <li key={event.event_id}>
            Change {event.event_id}: {problemInWords(event.problem, event.status)}
          </li>
        ))}
      </ul>
      <Button
        size="small"
        busy={replay.isPending}
        onClick={() => replay.mutate(webhook, { onError })}
      >
        Send them again
      </Button>
    </details>
  );
}

function RemoveDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const remove = useRemove();
  const tell = useToast();
  const confirm = () =>
    remove.mutate(webhook, {
      onSuccess: onClose,
      onError: (error) => tell({ words: error.message, danger: true }),
    });
  return (
    <ConfirmDialog
      title="Remove the webhook?"
      description="It is not called any more, and its secret is of no use."
      action="Remove"
      busy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="mb-5 font-mono wrap-anywhere">{webhook.url}</p>
    </ConfirmDialog>
  );
}
