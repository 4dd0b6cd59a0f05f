import type { Bug } from "../bug.ts";

export default {
  invariant: "The timer of a request exists before its item starts the pipeline.",
  description:
    "The item is put before the timer is set, so a failure between the two leaves a request that nothing times out.",
  changes: [
    {
      file: "lambdas/api/start-request.ts",
      find: "undo.push(() => deps.timer.cancel(reqId));",
      replace:
        "undo.push(() => deps.requests.delete(reqId));\n    const maxActive = deps.caps.maxActiveRequests;\n    const outcome = await deps.requests.put(item, maxActive, current);\n    undo.push(() => deps.timer.cancel(reqId));",
    },
    {
      file: "lambdas/api/start-request.ts",
      find: '    undo.push(() => deps.requests.delete(reqId));\n    const maxActive = deps.caps.maxActiveRequests;\n    const outcome = await deps.requests.put(item, maxActive, current);\n    if (outcome === "FULL")',
      replace: '    if (outcome === "FULL")',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/api/start-request.test.ts"],
} satisfies Bug;
