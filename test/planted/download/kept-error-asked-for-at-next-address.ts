import type { Bug } from "../bug.ts";

export default {
  invariant: "After a 5xx, no address of the POP is asked before a cache can have dropped the error.",
  description: "After a 5xx, the POP's next address is asked at once, and returns the error that the REC keeps.",
  changes: [
    {
      file: "agent/fetch/next-attempt.ts",
      find: "return httpStatus >= 500 || ",
      replace: "return ",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit", "test/agent/fetch/next-try.test.ts"],
} satisfies Bug;
