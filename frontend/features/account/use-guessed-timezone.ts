import { useEffect } from "react";

import { useAccount, useSetTimezone } from "./queries";
import { guessZone, zonesDiffer } from "./zones";

/** Sets the browser's time zone on a list without any events. */
export function useGuessedTimezone(): void {
  const { data: account } = useAccount();
  const { mutate, isIdle } = useSetTimezone();
  const isNew = account && !account.created_at;
  const guess = guessZone();
  const differs = isNew && zonesDiffer(account.timezone, guess);
  useEffect(() => {
    if (differs && isIdle) mutate(guess);
  }, [differs, isIdle, mutate, guess]);
}
