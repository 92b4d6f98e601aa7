import { useQuery } from "@tanstack/react-query";

import { answered, api, type Schemas } from "@/api/client";

export type Account = Schemas["ShownAccount"];

export const ACCOUNT_KEY = ["account"] as const;
export const ME = { path: { user_id: "me" } };

export const readAccount = () => answered(api.GET("/api/{user_id}", { params: ME }));

export function useAccount() {
  return useQuery({ queryKey: ACCOUNT_KEY, queryFn: readAccount });
}
