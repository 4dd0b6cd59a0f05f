import type { Bug } from "../bug.ts";

export default {
  invariant: "A download that fails gives its slot back.",
  description: "A slot is given back only after a download that succeeded.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "permitsOf(job.message, slot, permit) });\n  } finally {\n    transfer.clear();\n    permit.release();\n    slot.release();",
      replace:
        "permitsOf(job.message, slot, permit) });\n    slot.release();\n  } finally {\n    transfer.clear();\n    permit.release();",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/receive/process-message.test.ts"],
} satisfies Bug;
