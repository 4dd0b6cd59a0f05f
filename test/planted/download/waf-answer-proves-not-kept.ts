import type { Bug } from "../bug.ts";

export default {
  invariant: "A response of AWS WAF to a verification request says nothing of the cache.",
  description: "A challenge of AWS WAF after a good download counts as a lost check, and is repeated.",
  changes: [
    {
      file: "agent/fetch/proof.ts",
      find: 'failure.reason === "waf" || isCancelled()',
      replace: "isCancelled()",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/proof.test.ts"],
} satisfies Bug;
