import type { Bug } from "../bug.ts";

export default {
  invariant: "A retry downloads only the tasks that failed or were never tried.",
  description: "A URL that failed at one POP is retried at every POP of the retry.",
  changes: [
    {
      file: "domain/plan/retry-plan.ts",
      find: "popIndexes.length === used.length ? undefined",
      replace: "popIndexes.length > 0 ? undefined",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/retry-plan.test.ts"],
} satisfies Bug;
