import type { Metadata } from "next";
import Link from "next/link";

import { addressBack } from "@/auth/server/authorization-error";
import { destinationOf } from "@/features/consent/redirect";
import { errorInWords } from "@/features/sign-in/error-words";

import { type Query, readQuery } from "../query";

export const metadata: Metadata = { title: "That did not work" };

const LINK = "mt-4 inline-block text-accent underline underline-offset-4";

/** Where Better Auth sends what it cannot send back to the client, a wrong redirect above all; and what
 * would lead from this site to a client that the person has never let in. */
export default async function SignInErrorPage({ searchParams }: { searchParams: Query }) {
  const query = await readQuery(searchParams);
  const back = addressBack(query);
  return (
    <>
      <h1 className="text-xl font-semibold">That did not work</h1>
      {back === null ? null : (
        <p className="mt-2 text-muted">
          <strong className="wrap-anywhere text-text">{destinationOf(back).name}</strong> asked to
          be connected to your list, in a way that this server does not take.
        </p>
      )}
      <p className="mt-2 text-muted">{errorInWords(query.get("error") ?? "")}</p>
      {back === null ? null : (
        <p className="mt-4">
          <a href={back} rel="noreferrer" className="text-accent underline underline-offset-4">
            Go back to <span className="wrap-anywhere">{destinationOf(back).name}</span>
          </a>
        </p>
      )}
      <Link href="/" className={LINK}>
        To your list
      </Link>
    </>
  );
}
