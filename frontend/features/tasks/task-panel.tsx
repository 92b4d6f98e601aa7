import { clsx } from "clsx";
import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { createPortal } from "react-dom";

import { Button } from "@/ui/button";
import { useWide } from "@/ui/use-wide";

import { TaskHistory } from "./later";
import { TaskForm, type TaskFormProps } from "./task-form";
import { useTask } from "./queries";

type TaskPanelProps = Omit<TaskFormProps, "task" | "titleRef" | "today"> & {
  id: number;
  /** Null until the time zone of the account is known. */
  today: string | null;
  onClose: () => void;
  /** Called when the panel can be typed in. */
  onReady: () => void;
};

/** The open task beside the list, or in place of the list in a narrow window. */
export function TaskPanel({ id, today, onReady, ...form }: TaskPanelProps) {
  const { data, error, refetch } = useTask(id);
  const title = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const task = today === null ? undefined : (data ?? form.kept?.seen);
  const there = task !== undefined || error !== null;
  useEffect(() => {
    if (!there) return;
    // An on-screen keyboard would cover the task.
    const typed = !window.matchMedia("(pointer: coarse)").matches && title.current;
    (typed || panel.current)?.focus();
    onReady();
  }, [there, onReady]);
  return (
    <Frame panelRef={panel} onClose={form.onClose}>
      {error && !data ? (
        <div role="alert" className="grid justify-items-start gap-3 text-sm">
          <p>{error.message}</p>
          <Button size="small" onClick={() => void refetch()}>
            Try again
          </Button>
        </div>
      ) : null}
      {task && today !== null ? (
        <TaskForm {...form} task={task} today={today} titleRef={title} />
      ) : null}
      {task ? <TaskHistory task={id} /> : null}
    </Frame>
  );
}

type FrameProps = {
  panelRef: React.Ref<HTMLDivElement>;
  onClose: () => void;
  children: ReactNode;
};

function Frame({ panelRef, onClose, children }: FrameProps) {
  const wide = useWide();
  return createPortal(
    <div
      ref={panelRef}
      {...(wide ? { role: "complementary" } : { role: "dialog", "aria-modal": true })}
      aria-label="Task"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
        event.stopPropagation();
        onClose();
      }}
      className={clsx(
        "fixed inset-0 z-45 scroll-pt-14 overflow-y-auto overscroll-contain bg-canvas outline-none",
        "lg:left-auto lg:w-104 lg:border-s lg:border-line",
      )}
    >
      <div className="sticky top-0 z-10 flex h-12 items-center gap-1 border-b border-line bg-canvas px-2">
        <h2 className="min-w-0 grow truncate px-2 text-sm font-semibold">Task</h2>
        <Button size="icon" look="quiet" onClick={onClose} aria-label="Close the task">
          <X aria-hidden className="size-4" />
        </Button>
      </div>
      <div className="p-4">{children}</div>
    </div>,
    document.body,
  );
}
