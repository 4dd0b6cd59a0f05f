import type { Bug } from "../bug.ts";

export default {
  invariant: "A message is deleted only after the results of all its tasks are written.",
  description: "The agent does not wait for a result to be written before the task counts as finished.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "await deps.write(checked);",
      replace: "deps.write(checked).catch(() => undefined);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/process-message.test.ts"],
} satisfies Bug;
