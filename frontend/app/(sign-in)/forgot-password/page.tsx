import type { Metadata } from "next";

import { offeredWays } from "@/auth/server/offered";
import { ForgotPasswordForm } from "@/features/sign-in/forgot-password-form";

export const metadata: Metadata = { title: "A new password" };

export default function ForgotPasswordPage() {
  if (offeredWays().mail) return <ForgotPasswordForm />;
  return (
    <>
      <h1 className="text-xl font-semibold">A new password</h1>
      <p className="mt-2 text-muted">
        This installation sends no mail. Whoever runs it can make you a link that works once, with
        this command:
      </p>
      <pre className="mt-3 rounded-lg bg-sunken p-3 text-sm wrap-anywhere whitespace-pre-wrap">
        .venv/bin/surelist reset-password YOUR-ADDRESS
      </pre>
    </>
  );
}
