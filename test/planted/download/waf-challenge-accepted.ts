import type { Bug } from "../bug.ts";

export default {
  invariant: "A response with x-amzn-waf-action is a failed download, whatever its status.",
  description: "A challenge of AWS WAF, an empty 202, counts as a success.",
  changes: [
    {
      file: "agent/fetch/attempt-verdict.ts",
      find: 'if (refusal?.reason === "waf") return { kind: "FINAL", failure: refusal };',
      replace: 'if (refusal?.reason === "waf") return GOOD;',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/downloader-attempts.test.ts"],
} satisfies Bug;
