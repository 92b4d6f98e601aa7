import type { Metadata } from "next";

import { resumeAfter } from "@/auth/paths";
import { offeredWays } from "@/auth/server/offered";
import { SignInForm } from "@/features/sign-in/sign-in-form";

import { type Query, readQuery } from "../query";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Query }) {
  const query = await readQuery(searchParams);
  return (
    <SignInForm
      offered={offeredWays()}
      next={resumeAfter(query)}
      query={query.toString()}
      forAgent={query.has("client_id")}
    />
  );
}
