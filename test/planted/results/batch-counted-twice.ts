import type { Bug } from "../bug.ts";

export default {
  invariant: "A batch of results that Lambda delivers again adds nothing to the counters.",
  description:
    "The transaction that adds a batch to the counters carries no token, so a second delivery counts the batch again.",
  changes: [
    {
      file: "aws/progress-table.ts",
      find: "ClientRequestToken: token,",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/aws/progress-table.test.ts"],
} satisfies Bug;
