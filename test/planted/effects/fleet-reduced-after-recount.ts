import type { Bug } from "../bug.ts";

export default {
  invariant: "Instances of a request whose time is up end before its recount, which may take minutes.",
  description: "The fleet follows only after the recount.",
  changes: [
    {
      file: "lambdas/shutdown/settle.ts",
      find: "await fitFleet(deps);\n  }",
      replace: "}",
    },
    {
      file: "lambdas/shutdown/settle.ts",
      find: "const settlement = decide(count);",
      replace: "if (timeIsUp) await fitFleet(deps);\n  const settlement = decide(count);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/settle.test.ts"],
} satisfies Bug;
