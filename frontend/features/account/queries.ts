import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, api, type Schemas } from "@/api/client";
import { askWhoIsSignedIn } from "@/auth/authorized-fetch";
import { authClient } from "@/auth/client";
import { usePerson } from "@/auth/person";
import { madeFor } from "@/auth/person-header";

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

/** Erases the list, then the person: what fails on the way can be done again. Both are those of
 * whom the page was made for, or nobody's. */
export function useErase() {
  const { id } = usePerson();
  return useMutation({
    mutationFn: async () => {
      askWhoIsSignedIn();
      await answered(api.DELETE("/api/{user_id}", { params: { path: { user_id: id } } }));
      const { error } = await authClient.deleteUser({ fetchOptions: { headers: madeFor(id) } });
      if (error) throw new Error("Your list is erased, but not yet your account. Try again.");
    },
  });
}
