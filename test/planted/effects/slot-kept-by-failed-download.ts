import type { Bug } from "../bug.ts";

export default {
  invariant: "A download that fails gives its slot back.",
  description: "A slot is given back only after a download that succeeded.",
  changes: [
    {
      file: "agent/work/download-urls.ts",
      find: "    finish(job, url);\n  } finally {\n    transfer.clear();\n    place.leave();\n    slot.release();",
      replace: "    finish(job, url);\n    slot.release();\n  } finally {\n    transfer.clear();\n    place.leave();",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/work/work.test.ts"],
} satisfies Bug;
