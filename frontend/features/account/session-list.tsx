"use client";

import type { ShownSession } from "@/auth/sessions";
import { refusalInWords } from "@/features/sign-in/refusal-words";
import { ago } from "@/features/tasks/dates";
import { Button } from "@/ui/button";
import { useToast } from "@/ui/toast";

import { useEndSessions, useSessions } from "./use-credentials";

/** The browsers in which the person is signed in, each with a button that ends its session. */
export function SessionList() {
  const { data: sessions, error } = useSessions();
  const end = useEndSessions();
  const tell = useToast();
  if (error) return <p role="alert">{refusalInWords(error)}</p>;
  if (!sessions) return <p className="text-sm text-muted">Loading …</p>;
  const others = sessions.filter(({ current }) => !current).length;
  const endOne = (session?: ShownSession) =>
    end.mutate(session?.id, {
      onSuccess: () => tell({ words: session ? "The session is ended" : "All others are ended" }),
      onError: (failure) => tell({ words: refusalInWords(failure), danger: true }),
    });
  return (
    <>
      <ul className="-my-2 divide-y divide-line">
        {sessions.map((session) => (
          <li key={session.id} className="flex items-center justify-between gap-3 py-2">
            <div className="min-w-0 text-sm">
              <p className="font-medium wrap-anywhere">{session.device ?? "Another program"}</p>
              <p className="text-muted wrap-anywhere">{detailsOf(session)}</p>
            </div>
            {session.current ? (
              <span className="shrink-0 text-sm text-muted">This browser</span>
            ) : (
              <Button
                size="small"
                aria-label={`End the session of ${session.device ?? "another program"}, ${detailsOf(session)}`}
                busy={end.isPending && end.variables === session.id}
                onClick={() => endOne(session)}
              >
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others > 1 ? (
        <div>
          <Button busy={end.isPending && end.variables === undefined} onClick={() => endOne()}>
            End all other sessions
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** "Signed in 3 days ago, last used 2 hours ago, 203.0.113.7". */
function detailsOf({ signed_in_at, used_at, address }: ShownSession): string {
  const days = `Signed in ${ago(signed_in_at)}, last used ${ago(used_at)}`;
  return address ? `${days}, ${address}` : days;
}
