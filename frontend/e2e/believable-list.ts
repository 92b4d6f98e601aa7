import type { Visitor } from "./browser";

const DAY_MS = 86_400_000;

export type CallTool = (name: string, input: object) => Promise<Response>;

/** The date that many days from now, as YYYY-MM-DD in UTC. */
export const inDays = (days: number) =>
  new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** A realistic list of a person and an agent: all kinds of tasks, in every state. */
export async function believableList(ann: Visitor, agent: CallTool): Promise<void> {
  const of = (title: string, rest: object = {}) => ({ title, ...rest });
  for (const task of [
    of("Call the landlord about the heating", { priority: "high", due: inDays(0), tags: ["home"] }),
    of("Renew the passport", { due: inDays(-2), tags: ["errands"] }),
    of("Book the train to Hamburg", {
      due: `${inDays(1)}T18:00`,
      priority: "medium",
      tags: ["travel"],
      description: "Two seats by the window, back on Sunday evening.",
    }),
    of("Buy olive oil, lemons and good bread", { tags: ["groceries"] }),
    of("Water the plants", { due: inDays(3), tags: ["home"] }),
    of("Plan Mira’s birthday", { due: inDays(12), tags: ["family"] }),
    of("Return the library books", { priority: "low", tags: ["errands"] }),
    of("Pay the gym"),
    of("Old idea"),
  ]) {
    await ann.call("POST", "/tasks", task);
  }
  for (const task of [
    of("Review the pull request about retries", {
      priority: "high",
      due: inDays(0),
      tags: ["work"],
      description: "The second commit changes how a lost answer is told from a refusal.",
    }),
    of("Write the release notes for 2.4", { due: inDays(2), tags: ["work"] }),
  ]) {
    await agent("add_task", task);
  }
  await ann.call("DELETE", "/tasks/9");
  await agent("complete_task", { task_id: 8 });
}
