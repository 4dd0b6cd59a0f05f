import type { Bug } from "../bug.ts";

export default {
  invariant: "A task is warm only if a hit of the POP's own cache was seen.",
  description: "A hit at any tier that Server-Timing names counts as a hit of the edge.",
  changes: [
    {
      file: "domain/result/proof.ts",
      find: 'tier === "EDGE" && upstream === undefined',
      replace: "tier !== undefined && upstream === undefined",
    },
    {
      file: "domain/result/proof.ts",
      find: 'return tier !== undefined && tier !== "EDGE";',
      replace: 'return tier === "";',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/result/proof.test.ts"],
} satisfies Bug;
