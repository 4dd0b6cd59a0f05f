import type { Bug } from "../bug.ts";

export default {
  invariant: "The visibility timeout of a message is not extended after the agent has finished with it.",
  description: "The timer goes on after the downloads, so a message that is given back stays hidden.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "letGo();",
      replace: "void letGo;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/process-message.test.ts"],
} satisfies Bug;
