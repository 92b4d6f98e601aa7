import type { Metadata } from "next";
import { redirect } from "next/navigation";

import { resumeAfter } from "@/auth/paths";
import { asksForCode } from "@/auth/server/first-person";
import { offeredWays } from "@/auth/server/offered";
import { SignUpForm } from "@/features/sign-in/sign-up-form";

import { type Query, readQuery } from "../query";

export const metadata: Metadata = { title: "Make an account" };

export default async function SignUpPage({ searchParams }: { searchParams: Query }) {
  const query = await readQuery(searchParams);
  const offered = offeredWays();
  if (!offered.signUp) redirect("/sign-in");
  return (
    <SignUpForm
      offered={offered}
      asksForCode={await asksForCode()}
      next={resumeAfter(query)}
      query={query.toString()}
    />
  );
}
