"use client";

import { Code } from "@/ui/code";
import { CopyButton } from "@/ui/copy-button";
import { later } from "@/ui/later";

import { conversationsCommand, conversationsUrl } from "./addresses";
import { AgentList } from "./agent-list";
import { JustConnected } from "./just-connected";
import { MakeKey } from "./make-key";
import { isKey, useAgents } from "./queries";

const ClientSteps = later(() => import("./client-steps").then((part) => part.ClientSteps));
const Webhooks = later(() => import("@/features/webhooks/webhooks").then((part) => part.Webhooks));

/** The steps that give an agent the conversation tools too. */
function Conversations({ url }: { url: string }) {
  const conversations = conversationsUrl(url);
  return (
    <section className="grid gap-3">
      <div>
        <h2 className="text-lg font-semibold">Conversations too</h2>
        <p className="mt-1 text-sm text-muted">
          A second server lets an agent read your conversations with the assistant, and keep its own
          in the chat. Add it like the first one. It asks for your permission separately. In Claude
          Code:
        </p>
      </div>
      <Code text={conversationsCommand(conversations)} label="the line for Claude Code" />
      <p className="text-sm text-muted">
        In another program, add a second server with this address:
      </p>
      <Code text={conversations} label="the address for conversations" />
    </section>
  );
}

/** The Connect tab: the address, the steps for each program, and the connected agents. */
export function ConnectScreen({ url }: { url: string }) {
  const { data: agents, error } = useAgents();
  return (
    <main className="mx-auto grid max-w-3xl gap-10 px-3 pt-8 pb-24 sm:px-6">
      <section className="grid gap-4">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">Connect an agent</h1>
          <p className="mt-1 text-muted">
            Give it this address. It then opens a page here that asks you what it may do.
          </p>
        </div>
        <div className="flex items-center justify-between gap-3 rounded-xl border border-accent bg-accent-soft p-2 pl-4">
          <code className="min-w-0 font-mono text-sm wrap-anywhere sm:text-base">{url}</code>
          <CopyButton text={url} label="the address" />
        </div>
        <ClientSteps url={url} />
        <p className="text-sm text-muted">
          Then try it: ask the agent “What is on my task list?”. This page says when it is
          connected.
        </p>
        {agents ? <JustConnected agents={agents} /> : null}
      </section>
      <Conversations url={url} />
      {error ? <p role="alert">{error.message}</p> : null}
      {agents ? (
        <>
          <section>
            <h2 className="mb-3 text-lg font-semibold">Connected agents</h2>
            <AgentList
              agents={agents.filter((agent) => !isKey(agent))}
              empty="None yet. An agent appears here when you have allowed it."
            />
          </section>
          <section>
            <div className="mb-3 flex items-center justify-between gap-4">
              <h2 className="text-lg font-semibold">Agent keys</h2>
              <MakeKey url={url} />
            </div>
            <p className="mb-3 text-sm text-muted">
              Scripts can also use the REST API, which{" "}
              <a
                href={new URL("/openapi.json", url).href}
                className="text-accent underline underline-offset-4"
              >
                this OpenAPI document
              </a>{" "}
              describes. A key cannot be changed: make another one, and revoke the old one.
            </p>
            <AgentList
              agents={agents.filter(isKey)}
              empty="None. A key is for scripts and for programs that cannot sign in by themselves."
            />
          </section>
          <Webhooks />
        </>
      ) : null}
    </main>
  );
}
