import type { Bug } from "../bug.ts";

export default {
  invariant: "Tasks of a request that was stopped are not started.",
  description: "A task starts without looking whether its request goes on.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "if (!(await deps.isActive(message.req_id))) return;",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/process-message.test.ts"],
} satisfies Bug;
