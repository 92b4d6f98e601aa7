import { Tabs } from "radix-ui";

import { Button } from "@/ui/button";
import { Code } from "@/ui/code";

import { isPublic } from "./addresses";
import { type Client, clientsFor, type Step } from "./clients";

/** The steps that connect each program. */
export function ClientSteps({ url }: { url: string }) {
  const clients = clientsFor(url);
  return (
    <Tabs.Root
      defaultValue={isPublic(url) ? "claude" : "claude-code"}
      className="rounded-xl border border-line bg-surface"
    >
      <Tabs.List aria-label="Programs" className="flex flex-wrap gap-1 border-b border-line p-2">
        {clients.map(({ id, name }) => (
          <Tabs.Trigger
            key={id}
            value={id}
            className="h-8 rounded-lg px-3 text-sm text-muted hover:bg-hover data-[state=active]:bg-accent-soft data-[state=active]:font-medium data-[state=active]:text-text pointer-coarse:h-11"
          >
            {name}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {clients.map((client) => (
        <Tabs.Content key={client.id} value={client.id} className="p-4">
          <Steps client={client} reachable={isPublic(url)} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function Steps({ client, reachable }: { client: Client; reachable: boolean }) {
  return (
    <>
      {client.fromTheInternet && !reachable ? (
        <p className="mb-4 rounded-lg bg-warning-soft p-3 text-sm">
          {client.name} on the web calls from its makers’ servers, which cannot reach this address.
          For that, Surelist needs a public HTTPS address: see “Deploying” in the documentation.
        </p>
      ) : null}
      <ol className="grid gap-4">
        {client.steps.map((step) => (
          <li key={step.words} className="grid gap-2 text-sm">
            <p>{step.words}</p>
            <Told step={step} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Told({ step: { code, link, words } }: { step: Step }) {
  if (link) {
    return (
      <Button asChild look="primary" size="small" className="justify-self-start">
        <a href={link.href}>{link.words}</a>
      </Button>
    );
  }
  return code ? <Code text={code} label={words} /> : null;
}
