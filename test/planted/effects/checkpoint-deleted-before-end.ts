import type { Bug } from "../bug.ts";

export default {
  invariant: "The checkpoint of a recount is deleted only after the request has ended.",
  description: "The checkpoint is deleted first, so a crash before the end repeats the whole recount.",
  changes: [
    {
      file: "lambdas/shutdown/settle.ts",
      find: "  const checkInMs = await act(deps, item, settlement, { recounted, count, observed });\n  await forgetRecount(deps, item);",
      replace:
        "  await forgetRecount(deps, item);\n  const checkInMs = await act(deps, item, settlement, { recounted, count, observed });",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/recount.test.ts"],
} satisfies Bug;
