import type { Bug } from "../bug.ts";

export default {
  invariant: "The next settlement check is scheduled before others may ask for one.",
  description: "The running check is noted as answered before the one that follows it is on its way.",
  changes: [
    {
      file: "lambdas/shutdown/handler.ts",
      find: "  if (settled.checkInMs !== undefined) await checkLater(deps, reqId, settled.checkInMs, run);\n  await deps.settlements.settled(reqId);",
      replace:
        "  await deps.settlements.settled(reqId);\n  if (settled.checkInMs !== undefined) await checkLater(deps, reqId, settled.checkInMs, run);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/settle.test.ts"],
} satisfies Bug;
