import { expect, test } from "vitest";

import { deviceInWords } from "./device";

const ON_MAC =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)";

test.each([
  [`${ON_MAC} Chrome/140.0.0.0 Safari/537.36`, "Chrome on macOS"],
  [`${ON_MAC} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`, "Microsoft Edge on macOS"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Safari on iOS",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  ["curl/8.5.0", null],
  ["", null],
  ["x".repeat(500), null],
])("%s is %s", (userAgent, device) => {
  expect(deviceInWords(userAgent)).toBe(device);
});
