import type { Bug } from "../bug.ts";

export default {
  invariant: "An agent ends only after all results are written.",
  description: "The agent does not wait for the messages that it works on before it writes what is left.",
  changes: [
    {
      file: "agent/receive/agent.ts",
      find: "await Promise.all(this.inProgress());\n    // The permits",
      replace: "// The permits",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/agent-stop.test.ts"],
} satisfies Bug;
