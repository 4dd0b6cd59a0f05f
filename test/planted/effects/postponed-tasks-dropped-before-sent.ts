import type { Bug } from "../bug.ts";

export default {
  invariant: "Postponed tasks stay with their message until they are queued again.",
  description: "The tasks are dropped from the message before they are sent, so a failure to send them loses them.",
  changes: [
    {
      file: "agent/work/put-offs.ts",
      find: "const seconds = (ms",
      replace: "this.onSent(urls);\n    const seconds = (ms",
    },
    {
      file: "agent/work/put-offs.ts",
      find: "}, seconds);\n    this.onSent(urls);",
      replace: "}, seconds);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit", "test/agent/work/put-offs.test.ts"],
} satisfies Bug;
