import type { Bug } from "../bug.ts";

export default {
  invariant: "An origin that sends Retry-After is left alone for that long.",
  description: "The back-off of an origin does not read Retry-After.",
  changes: [
    {
      file: "agent/origin/origin.ts",
      find: "retryAfterMs(answer.retryAfter, now)",
      replace: "retryAfterMs(undefined, now)",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/origin/origin.test.ts"],
} satisfies Bug;
