import type { Bug } from "../bug.ts";

export default {
  invariant: "The scheduled settlement check of a request is deleted when the request has ended.",
  description: "The wind-down leaves the schedule of the pending check in place.",
  changes: [
    {
      file: "lambdas/shutdown/wind-down.ts",
      find: "await deps.checkSchedule.cancel(reqId);",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/wind-down.test.ts"],
} satisfies Bug;
