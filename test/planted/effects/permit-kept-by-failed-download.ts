import type { Bug } from "../bug.ts";

export default {
  invariant: "A download that fails gives its permit for the origin back.",
  description: "A permit is given back only after a download that succeeded.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "this.transfer.clear();\n      this.releasePermit();",
      replace: "this.transfer.clear();",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/deferrals.test.ts"],
} satisfies Bug;
