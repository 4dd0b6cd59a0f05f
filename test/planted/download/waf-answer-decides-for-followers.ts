import type { Bug } from "../bug.ts";

export default {
  invariant: "A response of AWS WAF at a lead does not decide for the other POPs of its REC.",
  description: "A challenge of AWS WAF counts as a failure of the origin.",
  changes: [
    {
      file: "domain/result/failure.ts",
      find: 'waf: "pop",',
      replace: 'waf: "origin",',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/promote-followers.test.ts"],
} satisfies Bug;
