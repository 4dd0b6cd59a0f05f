import type { Bug } from "../bug.ts";

export default {
  invariant: "Missing tasks are queued again only by the run that has claimed the requeue.",
  description:
    "The tasks are queued before the claim, so two runs at once queue them twice, and a crash queues them without end.",
  changes: [
    {
      file: "lambdas/shutdown/settle.ts",
      find: "if (await deps.requests.claimRequeue(item)) await queueAgain(deps, item, recounted.taskBitmap);",
      replace: "await queueAgain(deps, item, recounted.taskBitmap);\n    await deps.requests.claimRequeue(item);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/settle.test.ts"],
} satisfies Bug;
