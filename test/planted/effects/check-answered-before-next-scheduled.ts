import type { Bug } from "../bug.ts";

export default {
  invariant: "The next settlement check is scheduled before others may ask for one.",
  description: "The running check is noted as answered before the one that follows it is on its way.",
  changes: [
    {
      file: "lambdas/shutdown/handler.ts",
      find: "  if (checkInMs !== undefined && checkInMs > 0) await checkLater(deps, reqId, checkInMs, run);\n  await deps.settlements.clear(reqId);",
      replace:
        "  await deps.settlements.clear(reqId);\n  if (checkInMs !== undefined && checkInMs > 0) await checkLater(deps, reqId, checkInMs, run);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/settle.test.ts"],
} satisfies Bug;
