"use client";

import { useState } from "react";

import { Button } from "@/ui/button";
import { Field, Select } from "@/ui/field";
import { useToast } from "@/ui/toast";

import type { Account } from "./queries";
import { useSetTimezone } from "./use-set-timezone";
import { guessZone, zoneInWords, zonesDiffer, zonesWith } from "./zones";

/** The time zone of due dates. Offers the browser's time zone if it differs. */
export function Timezone({ account }: { account: Account }) {
  const set = useSetTimezone();
  const tell = useToast();
  const guess = guessZone();
  const [now] = useState(() => new Date());
  const choose = (timezone: string) =>
    set.mutate(timezone, {
      onSuccess: () => tell({ words: `Times are now shown in ${timezone}` }),
      onError: (error) => tell({ words: error.message, danger: true }),
    });
  return (
    <div className="grid gap-3">
      <Field label="Time zone" hint="Tasks due on a day stay due on that day when you change it.">
        {(wiring) => (
          <Select
            {...wiring}
            value={account.timezone}
            disabled={set.isPending}
            onChange={(event) => choose(event.target.value)}
          >
            {zonesWith(account.timezone, guess).map((zone) => (
              <option key={zone} value={zone}>
                {zoneInWords(zone, now)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {zonesDiffer(account.timezone, guess) ? (
        <p className="flex flex-wrap items-center justify-between gap-2 rounded-lg bg-accent-soft p-3 text-sm">
          Your browser is in {guess}.
          <Button size="small" busy={set.isPending} onClick={() => choose(guess)}>
            Use {guess}
          </Button>
        </p>
      ) : null}
    </div>
  );
}
