import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, api, type Schemas } from "@/api/client";
import { newKey } from "@/ui/new-key";

export type Webhook = Schemas["ShownWebhook"];

const WEBHOOKS_KEY = ["webhooks"] as const;
const SECONDS_BETWEEN = 10;
const ME = { user_id: "me" };

const pathOf = ({ id }: Webhook) => ({ path: { ...ME, webhook_id: id } });

/** The person's webhooks. Polls, since deliveries are no events. */
export function useWebhooks() {
  return useQuery({
    queryKey: WEBHOOKS_KEY,
    queryFn: async () => {
      const call = api.GET("/api/{user_id}/webhooks", { params: { path: ME } });
      return (await answered(call)).webhooks;
    },
    refetchInterval: SECONDS_BETWEEN * 1000,
  });
}

/** The events of a webhook that were given up on. */
export function useUndelivered(webhook: Webhook) {
  return useQuery({
    queryKey: [...WEBHOOKS_KEY, webhook.id, "undelivered", webhook.undelivered],
    queryFn: async () => {
      const params = pathOf(webhook);
      const path = "/api/{user_id}/webhooks/{webhook_id}/undelivered";
      return (await answered(api.GET(path, { params }))).undelivered;
    },
  });
}

/** A mutation after which the webhooks are asked for again. */
function useChange<Variables, Data>(mutationFn: (variables: Variables) => Promise<Data>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: WEBHOOKS_KEY }),
  });
}

/** Adds a webhook. The answer has its secret. */
export const useAddWebhook = () =>
  useChange((url: string) =>
    answered(
      api.POST("/api/{user_id}/webhooks", {
        params: { path: ME },
        headers: { "Idempotency-Key": newKey() },
        body: { url },
      }),
    ),
  );

/** Replaces the secret of a webhook. The answer has the new one. */
export const useNewSecret = () =>
  useChange((webhook: Webhook) => {
    const params = pathOf(webhook);
    return answered(api.POST("/api/{user_id}/webhooks/{webhook_id}/secret", { params }));
  });

export const usePause = () =>
  useChange(({ webhook, paused }: { webhook: Webhook; paused: boolean }) => {
    const change = { params: pathOf(webhook), body: { paused } };
    return answered(api.PATCH("/api/{user_id}/webhooks/{webhook_id}", change));
  });

export const useRemove = () =>
  useChange((webhook: Webhook) => {
    const params = pathOf(webhook);
    return answered(api.DELETE("/api/{user_id}/webhooks/{webhook_id}", { params }));
  });

export const useTest = () =>
  useChange((webhook: Webhook) => {
    const params = pathOf(webhook);
    return answered(api.POST("/api/{user_id}/webhooks/{webhook_id}/test", { params }));
  });

/** Sends the events again that were given up on. */
export const useReplay = () =>
  useChange((webhook: Webhook) => {
    const again = { params: pathOf(webhook), body: {} };
    return answered(api.POST("/api/{user_id}/webhooks/{webhook_id}/replay", again));
  });
