"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";

import { leaveAfter } from "@/auth/leave-after";
import { SIGN_IN } from "@/auth/paths";
import { usePerson } from "@/auth/person";
import { signOut } from "@/auth/sign-out";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { Field, Select } from "@/ui/field";
import { later } from "@/ui/later";
import { useTheme } from "@/ui/theme";
import { THEMES } from "@/ui/themes";
import { useToast } from "@/ui/toast";

import { ChangePassword } from "./change-password";
import { Erase } from "./erase";
import { downloadExport } from "./export";
import { Name } from "./name";
import { useAccount } from "./queries";
import { Timezone } from "./timezone";

const SessionList = later(() => import("./session-list").then((loaded) => loaded.SessionList));

/** The person's account: identity, password, sessions, time zone, theme, export, erasing, signing out. */
export function AccountScreen({ name }: { name: string }) {
  const { data: account, error } = useAccount();
  const { id, email, hasPassword } = usePerson();
  const router = useRouter();
  return (
    <main className="mx-auto grid max-w-xl gap-6 px-3 pt-8 pb-24 sm:px-6">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h1 className="text-2xl font-semibold tracking-tight">Account</h1>
          <p className="mt-1 text-muted">
            You are signed in as <bdi className="text-text wrap-anywhere">{name}</bdi>
            {name === email ? null : (
              <>
                , <bdi className="wrap-anywhere">{email}</bdi>
              </>
            )}
          </p>
          {account ? (
            <p className="mt-1 text-muted">
              {account.pending} open and {account.completed} completed tasks
              {account.last_event > 0 ? `, ${account.last_event} changes in all` : null}
            </p>
          ) : null}
        </div>
        <SignOut />
      </div>
      {error ? <p role="alert">{error.message}</p> : null}
      <Section title="Name">
        <Name name={name} onChanged={() => router.refresh()} />
      </Section>
      <Section title="Time and appearance">
        {account ? <Timezone account={account} /> : null}
        <ThemeChoice />
      </Section>
      {hasPassword ? (
        <Section title="Password">
          <ChangePassword />
        </Section>
      ) : null}
      <Section title="Sessions">
        <SessionList />
      </Section>
      <Section title="User id">
        <p className="text-sm text-muted">
          For scripts, and for <code>surelist token</code> on the server. It is not a secret.
        </p>
        <div className="flex items-center justify-between gap-3 rounded-lg bg-sunken p-2 pl-3">
          <code className="min-w-0 font-mono text-sm wrap-anywhere">{id}</code>
          <CopyButton text={id} label="your user id" />
        </div>
      </Section>
      <Section title="Export">
        <p className="text-sm text-muted">
          All of your tasks, also those in the trash, and every change ever made to them, as one
          JSON file.
        </p>
        <Export />
      </Section>
      <Section title="Erase">
        <p className="text-sm text-muted">Your list and your account, permanently.</p>
        <div>
          <Erase />
        </div>
      </Section>
    </main>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-4 rounded-xl border border-line bg-surface p-5">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </section>
  );
}

const THEME_WORDS = { system: "Same as the system", light: "Light", dark: "Dark" };

function ThemeChoice() {
  const { theme, setTheme } = useTheme();
  return (
    <Field label="Theme">
      {(wiring) => (
        <Select
          {...wiring}
          value={theme}
          onChange={(event) =>
            setTheme(THEMES.find((one) => one === event.target.value) ?? "system")
          }
        >
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {THEME_WORDS[one]}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function Export() {
  const tell = useToast();
  const download = useMutation({
    mutationFn: downloadExport,
    onError: (error) => tell({ words: error.message, danger: true }),
  });
  return (
    <div>
      <Button busy={download.isPending} onClick={() => download.mutate()}>
        Download the export
      </Button>
    </div>
  );
}

function SignOut() {
  const { id } = usePerson();
  const tell = useToast();
  const leaving = useMutation({
    mutationFn: () => leaveAfter(() => signOut(id), SIGN_IN),
    onError: (error) => tell({ words: error.message, danger: true }),
  });
  return (
    <Button size="small" busy={leaving.isPending} onClick={() => leaving.mutate()}>
      Sign out
    </Button>
  );
}
