import type { Bug } from "../bug.ts";

export default {
  invariant: "A message of an active request that the cleanup received is sent again before it is deleted.",
  description: "The message is deleted first, so a failure to send it loses its tasks.",
  changes: [
    {
      file: "lambdas/shutdown/stale-messages.ts",
      find: "await queue.send([content]);\n          await queue.delete(receipt);",
      replace: "await queue.delete(receipt);\n          await queue.send([content]);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/stale-messages.test.ts"],
} satisfies Bug;
