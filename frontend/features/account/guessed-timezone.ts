import { useEffect } from "react";

import type { Account } from "./queries";
import { useSetTimezone } from "./use-set-timezone";
import { guessZone, zonesDiffer } from "./zones";

/** Sets the browser's time zone on a list without any events. */
export function GuessedTimezone({ account }: { account: Account }) {
  const { mutate, isIdle } = useSetTimezone();
  const guess = guessZone();
  const differs = zonesDiffer(account.timezone, guess);
  useEffect(() => {
    if (differs && isIdle) mutate(guess);
  }, [differs, isIdle, mutate, guess]);
  return null;
}
