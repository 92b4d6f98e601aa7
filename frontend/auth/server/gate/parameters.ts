import type { Bound, Endpoint } from "./endpoints";
import type { Reason } from "./refusal";
import { areText, isTextThroughout } from "./text";

type Refused = { refused: Reason };

/** The parameters of a query or form that the endpoint knows, each once. An empty one is one that was
 * left out (RFC 6749, 3.1); the same value given twice is one. */
export function fromPairs(
  given: URLSearchParams,
  { parameters, caller }: Pick<Endpoint, "parameters" | "caller">,
): URLSearchParams | Refused {
  if (!areText(given)) return { refused: "NOT_TEXT" };
  const kept = new URLSearchParams();
  for (const [name, value] of given) {
    const bound = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (!bound) {
      if (caller === "page") return { refused: "UNKNOWN_PARAMETER" };
    } else if (kept.has(name) && kept.get(name) !== value) {
      return { refused: "REPEATED_PARAMETER" };
    } else if (!fits(value, bound)) {
      return { refused: "WRONG_PARAMETER" };
    } else if (value !== "") {
      kept.set(name, value);
    }
  }
  return kept;
}

/** The fields of a JSON object that the endpoint knows; null ones are left out. */
export function fromJson(
  given: unknown,
  { parameters, caller }: Endpoint,
): Record<string, unknown> | Refused {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return { refused: "UNREADABLE" };
  }
  if (!isTextThroughout(given)) return { refused: "NOT_TEXT" };
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const bound = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (!bound) {
      if (caller === "page") return { refused: "UNKNOWN_PARAMETER" };
    } else if (value !== null && !fits(value, bound)) {
      return { refused: "WRONG_PARAMETER" };
    } else if (value !== null) {
      kept[name] = value;
    }
  }
  return kept;
}

export function isRefused(value: object): value is Refused {
  return Object.hasOwn(value, "refused");
}

function fits(value: unknown, bound: Bound): boolean {
  switch (bound.kind) {
    case "flag":
      return typeof value === "boolean";
    case "text":
      return typeof value === "string" && value.length <= bound.longest;
    case "list":
      return (
        Array.isArray(value) &&
        value.length <= bound.most &&
        value.every((one) => typeof one === "string" && one.length <= bound.longest)
      );
  }
}
