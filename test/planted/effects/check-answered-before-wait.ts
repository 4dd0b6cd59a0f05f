import type { Bug } from "../bug.ts";

export default {
  invariant: "Nobody else may request a settlement check while one waits for the next.",
  description: "The running check is noted as answered before it waits.",
  changes: [
    {
      file: "lambdas/shutdown/handler.ts",
      find: "  if (checkInMs !== undefined) await deps.sleep(checkInMs);\n  await deps.settlements.clear(reqId);",
      replace: "  await deps.settlements.clear(reqId);\n  if (checkInMs !== undefined) await deps.sleep(checkInMs);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/settle.test.ts"],
} satisfies Bug;
