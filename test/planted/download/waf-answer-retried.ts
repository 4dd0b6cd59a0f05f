import type { Bug } from "../bug.ts";

export default {
  invariant: "A response of AWS WAF is final: no further attempt follows.",
  description: "A challenge of AWS WAF is tried again at the POP's other addresses.",
  changes: [
    {
      file: "agent/fetch/attempt-verdict.ts",
      find: 'if (waf !== undefined) return { kind: "FINAL", failure: waf };',
      replace: 'if (waf !== undefined) return { kind: "RETRY", failure: waf };',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/attempt-verdict.test.ts"],
} satisfies Bug;
