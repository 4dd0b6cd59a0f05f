import type { Bug } from "../bug.ts";

export default {
  invariant: "A response of AWS WAF is final: no further attempt follows.",
  description: "A challenge of AWS WAF is tried again at the POP's other addresses.",
  changes: [
    {
      file: "agent/fetch/attempt-verdict.ts",
      find: 'if (refusal?.reason === "waf") return { kind: "FINAL", failure: refusal };',
      replace: 'if (refusal?.reason === "waf") return { kind: "RETRY", failure: refusal };',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/attempt-verdict.test.ts"],
} satisfies Bug;
