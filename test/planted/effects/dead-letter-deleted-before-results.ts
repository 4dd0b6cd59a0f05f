import type { Bug } from "../bug.ts";

export default {
  invariant: "A dead letter is deleted after the results of its tasks are written and its followers are queued.",
  description: "The letter is deleted first, so what fails after that is lost.",
  changes: [
    {
      file: "lambdas/watch/dead-letters.ts",
      find: "await resolveDeadLetter(deps, message);\n        await deps.deadLetters.delete(message.receipt);",
      replace: "await deps.deadLetters.delete(message.receipt);\n        await resolveDeadLetter(deps, message);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/watch/dead-letters.test.ts"],
} satisfies Bug;
