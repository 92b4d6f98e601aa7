import type { Metadata } from "next";
import Link from "next/link";

import { errorInWords } from "@/features/sign-in/error-words";

import { type Query, readQuery } from "../query";

export const metadata: Metadata = { title: "That did not work" };

/** Where Better Auth sends what it cannot send back to the client: a wrong redirect above all. */
export default async function SignInErrorPage({ searchParams }: { searchParams: Query }) {
  const error = (await readQuery(searchParams)).get("error") ?? "";
  return (
    <>
      <h1 className="text-xl font-semibold">That did not work</h1>
      <p className="mt-2 text-muted">{errorInWords(error)}</p>
      <Link href="/" className="mt-4 inline-block text-accent underline underline-offset-4">
        To your list
      </Link>
    </>
  );
}
