import type { Bug } from "../bug.ts";

export default {
  invariant: "A 202 without the object is a failed download.",
  description: "A 202 of the origin counts as a success.",
  changes: [
    {
      file: "agent/fetch/attempt-verdict.ts",
      find: 'if (status === ACCEPTED) return { kind: "FINAL", failure: acceptedFailure() };',
      replace: "if (status === ACCEPTED) return GOOD;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/downloader-attempts.test.ts"],
} satisfies Bug;
