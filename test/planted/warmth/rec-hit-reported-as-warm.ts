import type { Bug } from "../bug.ts";

export default {
  invariant: "A task is warm only if a hit of the POP's own cache was seen.",
  description: "A hit at any tier that Server-Timing names counts as a hit of the edge.",
  changes: [
    {
      file: "domain/result/outcome.ts",
      find: "last.tier === EDGE",
      replace: "last.tier !== undefined",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/result/outcome.test.ts"],
} satisfies Bug;
