import { answered, api, type Schemas } from "@/api/client";

import { sendOnce } from "./send";

type Task = Schemas["WholeTask"];

const params = (id: number) => ({ path: { user_id: "me", task_id: id } });
const match = (version: number) => ({ "If-Match": `"${version}"` });

/** The changes that the page asks the API for. Each is sent again while the network is away, with
 * the same key; each but an add goes through on the given version only. */

export function addTask(body: Schemas["NewTask"], key: string): Promise<Task> {
  const call = { params: { path: { user_id: "me" } }, body };
  return sendOnce((headers) => answered(api.POST("/api/{user_id}/tasks", { ...call, headers })), {
    key,
  });
}

export function completeTask(id: number, completed: boolean, version: number): Promise<Task> {
  return sendOnce((headers) =>
    answered(
      api.PATCH("/api/{user_id}/tasks/{task_id}/complete", {
        params: params(id),
        body: { completed },
        headers: { ...headers, ...match(version) },
      }),
    ),
  );
}

export function patchTask(id: number, body: Schemas["Patch"], version: number): Promise<Task> {
  return sendOnce((headers) =>
    answered(
      api.PATCH("/api/{user_id}/tasks/{task_id}", {
        params: params(id),
        body,
        headers: { ...headers, ...match(version) },
      }),
    ),
  );
}

/** Moves a task to the trash; answers its version there. */
export function deleteTask(id: number, version: number): Promise<number> {
  return sendOnce(async (headers) => {
    const call = api.DELETE("/api/{user_id}/tasks/{task_id}", {
      params: params(id),
      headers: { ...headers, ...match(version) },
    });
    await answered(call);
    return Number.parseInt((await call).response.headers.get("ETag")?.slice(1) ?? "", 10);
  });
}

export function purgeTask(id: number): Promise<unknown> {
  return sendOnce((headers) =>
    answered(
      api.DELETE("/api/{user_id}/tasks/{task_id}/permanently", { params: params(id), headers }),
    ),
  );
}

/** Takes back one event of a task; answers the task as it is then. */
export function undoEvent(event: number): Promise<Task> {
  return sendOnce(async (headers) => {
    const undone = await answered(
      api.POST("/api/{user_id}/events/{event_id}/undo", {
        params: { path: { user_id: "me", event_id: event } },
        headers,
      }),
    );
    if ("event" in undone) throw new TypeError(`change ${event} is of no task`);
    return undone;
  });
}
