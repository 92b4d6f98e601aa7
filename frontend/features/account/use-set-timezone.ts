import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answered, api } from "@/api/client";

import { ACCOUNT_KEY, ME } from "./queries";

export function useSetTimezone() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (timezone: string) =>
      answered(api.PATCH("/api/{user_id}", { params: ME, body: { timezone } })),
    onSuccess: async (account) => {
      client.setQueryData(ACCOUNT_KEY, account);
      // Every due date is shown in the account's time zone.
      await client.resetQueries({ queryKey: ["tasks"] });
    },
  });
}
