import type { Bug } from "../bug.ts";

export default {
  invariant: "On SIGTERM, tasks that have not started return to the queue.",
  description: "A stopping agent starts the tasks that wait in it.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "if (stopping.aborted) throw new StoppingError();",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/agent-stop.test.ts"],
} satisfies Bug;
