import type { Metadata } from "next";
import Link from "next/link";

import { ResetPasswordForm } from "@/features/sign-in/reset-password-form";

import { type Query, readQuery } from "../query";

export const metadata: Metadata = { title: "A new password" };

export default async function ResetPasswordPage({ searchParams }: { searchParams: Query }) {
  const token = (await readQuery(searchParams)).get("token");
  if (token) return <ResetPasswordForm token={token} />;
  return (
    <>
      <h1 className="text-xl font-semibold">This link no longer works</h1>
      <p className="mt-2 text-muted">It has been used, or is too old.</p>
      <Link
        href="/forgot-password"
        className="mt-4 inline-block text-accent underline underline-offset-4"
      >
        Ask for another
      </Link>
    </>
  );
}
