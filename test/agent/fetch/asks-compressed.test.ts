import { expect, test } from "vitest";
import { asksCompressed } from "../../../agent/fetch/request-headers.ts";
import { taskMessage } from "../task-messages.ts";

test("a message asks for a compressed form in its own headers, or in those of a variant", () => {
  const variants = [
    { name: "br", header: ["Accept-Encoding: br, gzip"] },
    { name: "plain", header: ["X-Form: plain"] },
  ];
  const message = taskMessage({ variants });
  expect([undefined, "br", "plain", "br"].map((it) => asksCompressed(message, it))).toEqual([false, true, false, true]);
  expect(asksCompressed(taskMessage({ header: ["accept-encoding: gzip"] }))).toBe(true);
  expect(asksCompressed(taskMessage({ header: ["accept-encoding: identity"] }))).toBe(false);
});
