import { type SyntheticEvent, useState } from "react";

import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";

import { useAddWebhook } from "./queries";

type AddWebhookProps = { onClose: () => void; onSecret: (secret: string) => void };

export function AddWebhook({ onClose, onSecret }: AddWebhookProps) {
  const add = useAddWebhook();
  const [url, setUrl] = useState("");
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    add.mutate(url.trim(), {
      onSuccess: ({ secret }) => {
        onClose();
        onSecret(secret);
      },
    });
  };
  return (
    <Dialog
      open
      lasting={add.isPending}
      onOpenChange={(open) => !open && onClose()}
      title="Add a webhook"
      description="It is called with each change from now on."
    >
      <form onSubmit={submit} className="grid gap-4">
        <Field
          label="Address"
          hint="It begins with https:// and can be reached from the Internet."
          error={add.error?.message}
        >
          {(wiring) => (
            <Input
              {...wiring}
              type="url"
              required
              maxLength={2000}
              placeholder="https://hooks.example.com/surelist"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="primary" busy={add.isPending} disabled={!url.trim()}>
          Add the webhook
        </Button>
      </form>
    </Dialog>
  );
}
