import { clsx } from "clsx";

import { Button } from "@/ui/button";

type ListProblemProps = { error: Error; onRetry: () => void; className?: string };

/** Why there is no list, or no more of it, and the way to ask again. */
export function ListProblem({ error, onRetry, className }: ListProblemProps) {
  return (
    <div role="alert" className={clsx("grid justify-items-center gap-3 text-center", className)}>
      <p>{error.message}</p>
      <Button size="small" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}
