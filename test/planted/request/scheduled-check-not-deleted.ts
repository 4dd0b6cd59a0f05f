import type { Bug } from "../bug.ts";

export default {
  invariant: "The scheduled settlement check of a request is deleted when the request has ended.",
  description: "The clean-up leaves the schedule of the pending check in place.",
  changes: [
    {
      file: "lambdas/shutdown/clean-up.ts",
      find: "await deps.checkSchedule.cancel(reqId);",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/clean-up.test.ts"],
} satisfies Bug;
