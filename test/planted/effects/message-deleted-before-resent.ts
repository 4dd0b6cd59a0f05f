import type { Bug } from "../bug.ts";

export default {
  invariant: "A message of an active request that the cleanup received is sent again before it is deleted.",
  description: "The message is deleted first, so a failure to send it loses its tasks.",
  changes: [
    {
      file: "lambdas/shutdown/stale-messages.ts",
      find: "await queue.send([parsed.content]);",
      replace: "await queue.delete(receipt);\n  await queue.send([parsed.content]);",
    },
    {
      file: "lambdas/shutdown/stale-messages.ts",
      find: "await queue.send([parsed.content]);\n  await queue.delete(receipt);\n}",
      replace: "await queue.send([parsed.content]);\n}",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/stale-messages.test.ts"],
} satisfies Bug;
