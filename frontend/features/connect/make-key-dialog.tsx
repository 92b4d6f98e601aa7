import { type SyntheticEvent, useState } from "react";

import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { Dialog } from "@/ui/dialog";
import { Field, Select } from "@/ui/field";
import { Input } from "@/ui/input";
import { ShownOnceDialog } from "@/ui/shown-once-dialog";

import { SERVER_NAME } from "./addresses";
import { type NewKey, useMakeKey } from "./queries";

const MAY = {
  read: { words: "See tasks", scopes: ["tasks:read"] },
  write: { words: "See and change tasks", scopes: ["tasks:read", "tasks:write"] },
} as const;

const DAYS = [7, 30, 90, 365] as const;

/** Asks for the name, the access and the time of a key, makes it, and shows it once. */
export function MakeKeyDialog({ url, onClose }: { url: string; onClose: () => void }) {
  const make = useMakeKey();
  if (make.data) {
    const until = new Date(make.data.expires_at).toLocaleDateString("en-GB", { dateStyle: "long" });
    return (
      <ShownOnceDialog
        title={`The key for ${make.data.name}`}
        description={`It is shown only once, and is valid until ${until}. Anyone who has it can use your list.`}
        secret={make.data.token}
        label="the key"
        onClose={onClose}
      >
        <KeyUses url={url} token={make.data.token} />
      </ShownOnceDialog>
    );
  }
  return (
    <Dialog
      open
      lasting={make.isPending}
      onOpenChange={(open) => !open && onClose()}
      title="Make an agent key"
      description="For a script, or a program that cannot sign in by itself."
    >
      <KeyForm
        busy={make.isPending}
        problem={make.error?.message}
        onMake={(key) => make.mutate(key)}
      />
    </Dialog>
  );
}

/** The key in a configuration and in a command, ready to be copied. */
function KeyUses({ url, token }: { url: string; token: string }) {
  const headers = { Authorization: `Bearer ${token}` };
  const entry = { mcpServers: { [SERVER_NAME]: { url, headers } } };
  const tasks = new URL("/api/me/tasks", url).href;
  return (
    <details className="mt-4 text-sm">
      <summary className="py-1">How to use it</summary>
      <div className="grid gap-2 pt-1">
        <p>In the MCP configuration of a program:</p>
        <Code text={JSON.stringify(entry, null, 2)} label="the entry for a program" />
        <p>In a script:</p>
        <Code
          text={`curl --header "Authorization: Bearer ${token}" ${tasks}`}
          label="the command for a script"
        />
      </div>
    </details>
  );
}

type KeyFormProps = { busy: boolean; problem: string | undefined; onMake: (key: NewKey) => void };

function KeyForm({ busy, problem, onMake }: KeyFormProps) {
  const [name, setName] = useState("");
  const [may, setMay] = useState<keyof typeof MAY>("write");
  const [days, setDays] = useState<number>(90);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onMake({ name: name.trim(), scopes: [...MAY[may].scopes], days });
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field label="Name" hint="Your list shows this name for each of its changes." error={problem}>
        {(wiring) => (
          <Input
            {...wiring}
            dir="auto"
            required
            maxLength={40}
            placeholder="Nightly script"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="It may">
          {(wiring) => (
            <Select
              {...wiring}
              value={may}
              onChange={(event) => setMay(event.target.value === "read" ? "read" : "write")}
            >
              <option value="write">{MAY.write.words}</option>
              <option value="read">{MAY.read.words}</option>
            </Select>
          )}
        </Field>
        <Field label="Good for">
          {(wiring) => (
            <Select
              {...wiring}
              value={days}
              onChange={(event) => setDays(Number(event.target.value))}
            >
              {DAYS.map((count) => (
                <option key={count} value={count}>
                  {count === 365 ? "a year" : `${count} days`}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <Button type="submit" look="primary" busy={busy} disabled={!name.trim()}>
        Make the key
      </Button>
    </form>
  );
}
