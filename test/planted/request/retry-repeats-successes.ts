import type { Bug } from "../bug.ts";

export default {
  invariant: "A retry downloads only the tasks that failed or were never tried.",
  description: "A URL that failed at one POP is retried at every POP of the retry.",
  changes: [
    {
      file: "domain/plan/retry.ts",
      find: "wanted.length === used.length ? [url]",
      replace: "wanted.length > 0 ? [url]",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/retry.test.ts"],
} satisfies Bug;
