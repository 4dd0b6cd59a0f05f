import type { Bug } from "../bug.ts";

export default {
  invariant: "A size probe that AWS WAF answers makes the URL unreadable, and its reason names AWS WAF.",
  description: "The size probe takes the response of AWS WAF for that of the object.",
  changes: [
    {
      file: "probe/size/size-answer.ts",
      find: "wafAction: field(WAF_ACTION_HEADER)",
      replace: 'wafAction: field("x-waf")',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/probe/size/size-probe.test.ts"],
} satisfies Bug;
