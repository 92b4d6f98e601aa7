"use client";

import { useEffect, useState } from "react";

import { setConfirmation } from "@/auth/confirmation";
import { later } from "@/ui/later";

import type { RecentSignInProps } from "./recent-sign-in-dialog";

const RecentSignInDialog = later<RecentSignInProps>(() =>
  import("./recent-sign-in-dialog").then((loaded) => loaded.RecentSignInDialog),
);

type Answer = (confirmed: boolean) => void;

/** Opens a dialog if an action needs a recent sign-in. Returns whether the person signed in. */
export function RecentSignIn() {
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    setConfirmation(() => new Promise((resolve) => setAnswer(() => resolve)));
    return () => setConfirmation(null);
  }, []);
  if (!answer) return null;
  const close: Answer = (confirmed) => {
    setAnswer(null);
    answer(confirmed);
  };
  return <RecentSignInDialog onAnswer={close} />;
}
