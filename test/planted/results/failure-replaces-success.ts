import type { Bug } from "../bug.ts";

export default {
  invariant: "A failed result never replaces a successful result of the same task.",
  description: "The condition for writing a failed result also holds where a successful result stands.",
  changes: [
    {
      file: "aws/request-task-table.ts",
      find: "OR ok = :false",
      replace: "OR ok = :false OR attribute_exists(ok)",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/aws/request-task-table.test.ts"],
} satisfies Bug;
