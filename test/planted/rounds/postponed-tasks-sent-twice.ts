import type { Bug } from "../bug.ts";

export default {
  invariant: "A task that was postponed is in the queue once.",
  description: "Postponed tasks that were sent stay in the list, and are sent again with the next ones.",
  changes: [
    {
      file: "agent/receive/return-to-queue.ts",
      find: "this.waiting = this.waiting.filter((it) => !which(it));",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/deferrals.test.ts"],
} satisfies Bug;
