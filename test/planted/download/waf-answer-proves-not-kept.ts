import type { Bug } from "../bug.ts";

export default {
  invariant: "A response of AWS WAF to a verification request says nothing of the cache.",
  description:
    "A challenge of AWS WAF after a good download counts as one more miss, and the object is downloaded again.",
  changes: [
    {
      file: "agent/download/proof.ts",
      find: "if (waf !== undefined)",
      replace: 'if (waf !== undefined && step.ask === "whole")',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/download/proof.test.ts"],
} satisfies Bug;
