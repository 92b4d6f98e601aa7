import type { Metadata } from "next";
import { redirect } from "next/navigation";

import { FinishSignIn } from "@/features/sign-in/finish-sign-in";

import { type Query, readQuery } from "../query";

export const metadata: Metadata = { title: "Signing in" };

/** Where a browser comes back to from GitHub or Google, with what they say in the query. */
export default async function FinishSignInPage({ searchParams }: { searchParams: Query }) {
  const query = await readQuery(searchParams);
  const provider = query.get("provider") ?? "";
  query.delete("provider");
  if (!/^[a-z]+$/.test(provider)) redirect("/sign-in-error");
  return <FinishSignIn provider={provider} query={query.toString()} />;
}
