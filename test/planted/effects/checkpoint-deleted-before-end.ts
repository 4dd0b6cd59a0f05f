import type { Bug } from "../bug.ts";

export default {
  invariant: "The checkpoint of a recount is deleted only after the request has ended.",
  description: "The checkpoint is deleted first, so a crash before the end repeats the whole recount.",
  changes: [
    {
      file: "lambdas/shutdown/settle.ts",
      find: "  let checkInMs: number | undefined;\n",
      replace: "  let checkInMs: number | undefined;\n  await deleteCheckpoint(deps, item);\n",
    },
    {
      file: "lambdas/shutdown/settle.ts",
      find: "{ recounted, count });\n  await deleteCheckpoint(deps, item);",
      replace: "{ recounted, count });",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
