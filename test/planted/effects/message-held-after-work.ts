import type { Bug } from "../bug.ts";

export default {
  invariant: "The visibility timeout of a message is not extended after the agent has finished with it.",
  description: "The timer goes on after the downloads, so a message that is given back stays hidden.",
  changes: [
    {
      file: "agent/receive/process-message.ts",
      find: "clearInterval(timer);",
      replace: "void timer;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/process-message.test.ts"],
} satisfies Bug;
