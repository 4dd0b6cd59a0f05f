import type { Bug } from "../bug.ts";

export default {
  invariant: "Messages are sent in batches of up to ten, as far as their bytes allow.",
  description: "The bytes of the first batch are not reset, so every later message is a batch of its own.",
  changes: [
    {
      file: "aws/task-queue.ts",
      find: "batch = [];\n      bytes = 0;",
      replace: "batch = [];",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/aws/sqs-task-queue.test.ts"],
} satisfies Bug;
