import type { Metadata } from "next";

import { reasonOf, resumeAfter, withoutError } from "@/auth/paths";
import { offeredWays } from "@/auth/server/offered";
import { SignInForm } from "@/features/sign-in/sign-in-form";
import { linkInWords, reasonInWords } from "@/features/sign-in/words";

import { type Query, readQuery } from "../query";

export const metadata: Metadata = { title: "Sign in" };

const FOR_AGENT = "An agent wants to be connected to your list. Sign in first.";

export default async function SignInPage({ searchParams }: { searchParams: Query }) {
  const query = await readQuery(searchParams);
  const { place, error } = withoutError(resumeAfter(query));
  const wrongLink = linkInWords(query.get("error") ?? error);
  const forAgent = query.has("client_id") ? FOR_AGENT : null;
  return (
    <SignInForm
      offered={offeredWays()}
      next={place}
      query={query.toString()}
      intro={wrongLink ?? reasonInWords(reasonOf(query)) ?? forAgent}
    />
  );
}
