import type { Bug } from "../bug.ts";

export default {
  invariant: "An origin that sends Retry-After is left alone for that long.",
  description: "The back-off of an origin does not read Retry-After.",
  changes: [
    {
      file: "domain/origin/origin-limiter-registry.ts",
      find: "retryAfterMs(response.retryAfter, now)",
      replace: "retryAfterMs(undefined, now)",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/origin/origin-limiter-registry.test.ts"],
} satisfies Bug;
