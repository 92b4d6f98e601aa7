/* The log of this process: one line for each warning and error, with constant text only. Messages
 * of Better Auth, Next.js and PostgreSQL can quote callers, with line breaks and terminal escapes
 * (CWE-117). */

const LONGEST = 200;
const MOST_IN_A_MINUTE = 300;
const MINUTE = 60_000;

/** An escape sequence of a terminal, such as a colour. */
// eslint-disable-next-line no-control-regex
const ESCAPE = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Prose from its first letter to the first character that is not prose. Text after a colon, a
 * quote, a digit or a slash can be a caller's. */
const PROSE = /[A-Za-z][A-Za-z ,.'()_-]*/;
const NAME = /^[A-Za-z]{1,40}$/;
const CODE = /^[A-Z0-9_]{2,40}$/;
const FRAME = /^ {4}at [\w.<>[\] ]*\(?[\w./:@+()[\]-]+\)?$/;

/** One line for a call of console.warn or console.error.
 *
 * @param {"WARN" | "ERROR"} level
 * @param {readonly unknown[]} said
 * @param {Date} [at]
 * @returns {string} */
export function lineOf(level, said, at = new Date()) {
  const [first] = said;
  const words = typeof first === "string" ? proseOf(first) : "";
  const error = said.find((one) => one instanceof Error);
  const parts = [words, error ? nameOf(error) : ""].filter(Boolean);
  const rest = parts.length > 0 ? parts.join(" | ") : "Something that is not shown";
  return `${at.toISOString()} ${level} ${rest}`.slice(0, LONGEST);
}

/** @param {string} text */
function proseOf(text) {
  return (PROSE.exec(text.replaceAll(ESCAPE, ""))?.[0] ?? "").trim();
}

/** The error's name, code and location, without its message.
 *
 * @param {Error} error */
function nameOf(error) {
  const { name, stack } = error;
  const code = /** @type {{ code?: unknown }} */ (error).code;
  const parts = [NAME.test(name) ? name : "Error"];
  if (typeof code === "string" && CODE.test(code)) parts.push(code);
  // The message can contain lines that look like a stack, so the stack begins after it.
  const head = `${name}: ${error.message}\n`;
  const frame = stack?.startsWith(head) ? stack.slice(head.length).split("\n")[0] : undefined;
  if (frame !== undefined && FRAME.test(frame)) parts.push(frame.trim());
  return parts.join(" ");
}

/** Replaces the console: prints warnings and errors as lines, at most 300 in a minute, and nothing
 * else.
 *
 * @param {Console} console
 * @param {(line: string) => void} print
 * @param {() => number} [now] milliseconds */
export function takeOver(console, print, now = Date.now) {
  let minute = 0;
  let printed = 0;
  let leftOut = 0;
  const say = (/** @type {"WARN" | "ERROR"} */ level, /** @type {unknown[]} */ said) => {
    const at = now();
    if (at - minute >= MINUTE) {
      if (leftOut > 0)
        print(`${new Date(at).toISOString()} WARN ${leftOut} more lines were left out`);
      [minute, printed, leftOut] = [at, 0, 0];
    }
    if (printed < MOST_IN_A_MINUTE) print(lineOf(level, said, new Date(at)));
    else leftOut += 1;
    printed += 1;
  };
  console.error = (...said) => say("ERROR", said);
  console.warn = (...said) => say("WARN", said);
  for (const name of /** @type {const} */ (["log", "info", "debug", "trace", "dir", "table"])) {
    console[name] = () => undefined;
  }
}
