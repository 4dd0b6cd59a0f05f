import type { Bug } from "../bug.ts";

export default {
  invariant: "A download that fails gives its slot back.",
  description: "A slot is given back only after a download that succeeded.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "this.releasePermit();\n      this.releaseSlot();\n    }\n    left",
      replace: "this.releasePermit();\n    }\n    this.releaseSlot();\n    left",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/process-message.test.ts"],
} satisfies Bug;
