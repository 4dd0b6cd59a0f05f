import type { Bug } from "../bug.ts";

export default {
  invariant: "A download that fails gives back its place under the origin's limit.",
  description: "The place under the limit is given back only after a download that succeeded.",
  changes: [
    {
      file: "agent/work/download-urls.ts",
      find: "seat.isLate ? line : undefined);\n  } finally {",
      replace: "seat.isLate ? line : undefined);\n    seat.leave();\n  } finally {",
    },
    {
      file: "agent/work/download-urls.ts",
      find: "here.holding.asking--;\n    seat.leave();",
      replace: "here.holding.asking--;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/work/put-offs.test.ts"],
} satisfies Bug;
