import type { Bug } from "../bug.ts";

export default {
  invariant: "A task is warm only if the POP kept its object when it was requested.",
  description: "A hit of the edge counts as proof although its Age has not grown: it may be an answer that was shared.",
  changes: [
    {
      file: "domain/result/proof.ts",
      find: "growth >= 1 && growth <= passed + ROUNDING_SECONDS",
      replace: "growth <= passed + ROUNDING_SECONDS",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/result/proof-model.test.ts"],
} satisfies Bug;
