import { Pencil, RotateCcw, Search, Trash2 } from "lucide-react";
import { type SyntheticEvent, useState } from "react";

import { clientName } from "@/auth/server/client-name";
import { ago } from "@/features/tasks/dates";
import { quoted } from "@/features/activity/words";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { Input } from "@/ui/input";
import { useToast } from "@/ui/toast";

import {
  type Conversation,
  useChangeConversation,
  useConversations,
  usePurgeConversation,
} from "./queries";
import { useLater } from "./use-later";
import { goTo } from "./use-place";

const OWN_CLIENT = "web"; // specs/tokens.md
const LONGEST_TITLE = 200; // specs/chat.md
const MS_BEFORE_SEARCHING = 180;

export const titleOf = (one: Conversation) => one.title ?? "Untitled conversation";

/** The person's conversations, or those in the trash. */
export function ConversationList({ trash }: { trash: boolean }) {
  const [search, setSearch] = useState("");
  const sought = useLater(search, MS_BEFORE_SEARCHING);
  const list = useConversations(trash ? "deleted" : "kept", sought);
  const found = list.data?.pages.flatMap((page) => page.conversations) ?? [];
  const unique = [...new Map(found.map((one) => [one.id, one])).values()];
  const [purging, setPurging] = useState<Conversation | null>(null);
  return (
    <div className="flex min-h-0 grow flex-col">
      <div className="flex items-center gap-2 p-3">
        <div className="relative min-w-0 grow">
          <Search
            aria-hidden
            className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
          />
          <Input
            type="search"
            aria-label="Search conversations"
            placeholder="Search"
            maxLength={200}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            className="h-8! pl-8! pointer-coarse:h-11!"
          />
        </div>
        <Button size="small" look="quiet" onClick={() => goTo(trash ? "all" : "trash")}>
          {trash ? "Leave the trash" : "Trash"}
        </Button>
      </div>
      <div className="min-h-0 grow overflow-y-auto overscroll-contain px-2 pb-3">
        {list.error && unique.length === 0 ? (
          <div role="alert" className="grid justify-items-center gap-3 p-6 text-center">
            <p>{list.error.message}</p>
            <Button size="small" onClick={() => void list.refetch()}>
              Try again
            </Button>
          </div>
        ) : null}
        <ul aria-label={trash ? "Conversations in the trash" : "Conversations"}>
          {unique.map((one) => (
            <Row key={one.id} conversation={one} onPurge={() => setPurging(one)} />
          ))}
        </ul>
        {list.data && unique.length === 0 ? (
          <p className="p-6 text-center text-sm text-muted">{emptyWords(trash, sought)}</p>
        ) : null}
        {list.hasNextPage ? (
          <div className="pt-2 text-center">
            <Button
              size="small"
              busy={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              Show more
            </Button>
          </div>
        ) : null}
      </div>
      <PurgeDialog conversation={purging} onClose={() => setPurging(null)} />
    </div>
  );
}

function emptyWords(trash: boolean, sought: string): string {
  if (sought) return "No conversation contains these words.";
  return trash ? "The trash is empty." : "No conversation yet.";
}

function Row({ conversation, onPurge }: { conversation: Conversation; onPurge: () => void }) {
  const { id, client_id, client_name, updated_at, deleted_at } = conversation;
  const [renaming, setRenaming] = useState(false);
  const change = useChangeConversation();
  const tell = useToast();
  const title = titleOf(conversation);
  const onError = (error: Error) => tell({ words: error.message, danger: true });
  const restore = () => change.mutate({ id, deleted: false }, { onError });
  const remove = () =>
    change.mutate(
      { id, deleted: true },
      {
        onSuccess: () =>
          tell({
            words: `Moved ${quoted(title)} to the trash`,
            action: { label: "Undo", altText: "Restore it in the trash", onPress: restore },
          }),
        onError,
      },
    );
  if (renaming) {
    return (
      <li className="p-1">
        <Rename
          title={conversation.title ?? ""}
          onCancel={() => setRenaming(false)}
          onRename={(title) => {
            setRenaming(false);
            change.mutate({ id, title }, { onError });
          }}
        />
      </li>
    );
  }
  const trashed = deleted_at !== undefined;
  return (
    <li className="group flex items-center gap-0.5 rounded-lg pr-1 hover:bg-hover">
      <button
        type="button"
        onClick={() => goTo(id)}
        className="grid min-w-0 grow gap-0.5 rounded-lg px-2.5 py-2 text-start"
      >
        <span dir="auto" className="truncate text-sm">
          {title}
        </span>
        <span className="truncate text-xs text-muted">
          {trashed ? `Deleted ${ago(deleted_at)}` : ago(updated_at)}
          {client_id === OWN_CLIENT ? null : ` · ${clientName(client_name)}`}
        </span>
      </button>
      {trashed ? (
        <Button size="icon" look="quiet" onClick={restore} aria-label={`Restore ${title}`}>
          <RotateCcw aria-hidden className="size-4" />
        </Button>
      ) : (
        <Button
          size="icon"
          look="quiet"
          onClick={() => setRenaming(true)}
          aria-label={`Rename ${title}`}
        >
          <Pencil aria-hidden className="size-4" />
        </Button>
      )}
      <Button
        size="icon"
        look="quiet"
        onClick={trashed ? onPurge : remove}
        aria-label={trashed ? `Delete ${title} for good` : `Delete ${title}`}
      >
        <Trash2 aria-hidden className="size-4" />
      </Button>
    </li>
  );
}

type RenameProps = { title: string; onRename: (title: string) => void; onCancel: () => void };

function Rename({ title, onRename, onCancel }: RenameProps) {
  const [typed, setTyped] = useState(title);
  const named = typed.trim();
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (named && named !== title) onRename(named);
    else onCancel();
  };
  return (
    <form onSubmit={save} className="flex gap-1">
      <Input
        autoFocus
        dir="auto"
        aria-label="Title of the conversation"
        value={typed}
        maxLength={LONGEST_TITLE}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onCancel();
        }}
        className="h-8! pointer-coarse:h-11!"
      />
      <Button size="small" look="primary" type="submit" disabled={!named}>
        Save
      </Button>
    </form>
  );
}

type PurgeDialogProps = { conversation: Conversation | null; onClose: () => void };

function PurgeDialog({ conversation, onClose }: PurgeDialogProps) {
  const purge = usePurgeConversation();
  const tell = useToast();
  if (!conversation) return null;
  const confirm = () =>
    purge.mutate(conversation.id, {
      onSuccess: onClose,
      onError: (error) => tell({ words: error.message, danger: true }),
    });
  return (
    <ConfirmDialog
      title="Delete for good?"
      description="The conversation and all of its messages are erased. Its changes to tasks stay and can still be undone."
      action="Delete for good"
      busy={purge.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p dir="auto" className="mb-5 break-words">
        {titleOf(conversation)}
      </p>
    </ConfirmDialog>
  );
}
