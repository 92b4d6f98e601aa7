import { Plug, Plus } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { Button } from "@/ui/button";
import { Keys } from "@/ui/keys";

import { type Filters, narrowed } from "./filters";

/** The one screen that explains an empty list. */
function FirstRun({ onAdd }: { onAdd: () => void }) {
  return (
    <section className="mx-auto max-w-xl py-10">
      <h2 className="text-xl font-semibold">One list, for you and your agents</h2>
      <p className="mt-2 text-muted">
        What you add here, every agent that you connect can see and work on: Claude, ChatGPT, your
        editor. Each change says who made it, and can be undone.
      </p>
      <div className="mt-6 grid gap-3 sm:grid-cols-2">
        <Step icon={<Plus aria-hidden />} title="Add a task">
          <p>
            Type above and press Enter.{" "}
            <span className="pointer-coarse:hidden">
              Or press <Keys keys={["n"]} /> anywhere on this page.
            </span>
          </p>
          <Button look="primary" size="small" onClick={onAdd}>
            Add a task
          </Button>
        </Step>
        <Step icon={<Plug aria-hidden />} title="Connect an agent">
          <p>Give it one address. It asks you in the browser, and then it knows your list.</p>
          <Button asChild size="small">
            <Link href="/connect">Connect an agent</Link>
          </Button>
        </Step>
      </div>
      <p className="mt-6 text-sm text-muted pointer-coarse:hidden">
        Everything here can be done by keyboard: press <Keys keys={["?"]} /> to see how.
      </p>
    </section>
  );
}

function Step({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className="grid content-start justify-items-start gap-3 rounded-xl border border-line bg-surface p-4 text-sm text-muted">
      <h3 className="flex items-center gap-2 text-base font-medium text-text [&_svg]:size-4 [&_svg]:text-accent">
        {icon}
        {title}
      </h3>
      {children}
    </div>
  );
}

const WORDS = {
  pending: "All done. There is nothing open.",
  completed: "Nothing is completed yet.",
  all: "There are no tasks.",
  deleted: "The trash is empty. Deleted tasks stay here for 30 days.",
};

type EmptyListProps = {
  filters: Filters;
  /** Whether there has never been a task. */
  untouched: boolean;
  onAdd: () => void;
  onShowAll: () => void;
};

/** What is said where no task is to be shown. */
export function EmptyList({ filters, untouched, onAdd, onShowAll }: EmptyListProps) {
  if (narrowed(filters)) {
    return (
      <div className="grid justify-items-center gap-3 py-16 text-center text-muted">
        <p>No task here fits the filter.</p>
        <Button size="small" onClick={onShowAll}>
          Show them all
        </Button>
      </div>
    );
  }
  if (untouched && filters.view !== "deleted") return <FirstRun onAdd={onAdd} />;
  return <p className="py-16 text-center text-muted">{WORDS[filters.view]}</p>;
}
