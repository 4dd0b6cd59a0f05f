import type { Bug } from "../bug.ts";

export default {
  invariant: "Nobody else may ask for a settlement check while one is running.",
  description: "The running check is noted as answered before it settles the request.",
  changes: [
    {
      file: "lambdas/shutdown/handler.ts",
      find: "const checkInMs = await settle(",
      replace: "await deps.settlements.clear(reqId);\n  const checkInMs = await settle(",
    },
    {
      file: "lambdas/shutdown/handler.ts",
      find: "run);\n  await deps.settlements.clear(reqId);\n  // Requested",
      replace: "run);\n  // Requested",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/settle.test.ts"],
} satisfies Bug;
