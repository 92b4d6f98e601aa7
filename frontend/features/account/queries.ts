import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, api, type Schemas } from "@/api/client";
import { usePerson } from "@/auth/person";
import { AuthRefusal, postAsPerson } from "@/auth/person-calls";
import { forgetProof } from "@/auth/proof";
import { forgetWritten } from "@/auth/written";
import { leave } from "@/auth/leave";

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

/** Erases the list and the person of this page with one call. The server erases the list first, and
 * keeps the person if that fails. */
export function useErase() {
  const { id } = usePerson();
  return useMutation({
    mutationFn: () => postAsPerson(id, "/delete-user"),
    onSuccess: async () => {
      await forgetWritten(id);
      forgetProof();
    },
    onError: (error) => {
      if (error instanceof AuthRefusal && error.status === 409) leave.toItself();
    },
  });
}
