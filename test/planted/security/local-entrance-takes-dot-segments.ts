import type { Bug } from "../bug.ts";

export default {
  invariant: "The local entrance forwards a path only if it is in its normalized form.",
  description:
    "The local entrance accepts dot segments, which the client behind it removes: the path is then another one.",
  changes: [
    {
      file: "tools/local/entrance.ts",
      find: "const DOT_SEGMENT = /\\/\\.\\.?(\\/|\\?|$)/;",
      replace: "const DOT_SEGMENT = /\\/\\.(\\/|\\?|$)/;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/tools/local/entrance.test.ts"],
} satisfies Bug;
