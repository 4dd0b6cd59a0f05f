import type { Bug } from "../bug.ts";

export default {
  invariant: "A recount that continues from a checkpoint knows the failures of the run before.",
  description: "The failures by reason are not restored.",
  changes: [
    {
      file: "domain/readiness/recount.ts",
      find: "failures.restore(before.failures);",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
