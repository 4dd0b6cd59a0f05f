import type { Bug } from "../bug.ts";

export default {
  invariant: "Bytes of an attempt that failed are no longer under way when the next one starts.",
  description: "The bytes of a failed attempt stay counted as under way.",
  changes: [
    {
      file: "agent/fetch/downloader.ts",
      find: "if (past.length > 0) transfer.clear();",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/downloader.test.ts"],
} satisfies Bug;
