import type { Bug } from "../bug.ts";

export default {
  invariant: "The timer of a request is deleted when the request has ended.",
  description: "The cleanup leaves the schedule of the request in place.",
  changes: [
    {
      file: "lambdas/shutdown/clean-up.ts",
      find: "await deps.timer.cancel(reqId);",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/clean-up.test.ts"],
} satisfies Bug;
