import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, api, type Schemas } from "@/api/client";

export type Account = Schemas["ShownAccount"];

export const ACCOUNT_KEY = ["account"] as const;
const ME = { path: { user_id: "me" } };

export const readAccount = () => answered(api.GET("/api/{user_id}", { params: ME }));

export function useAccount() {
  return useQuery({ queryKey: ACCOUNT_KEY, queryFn: readAccount });
}

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
