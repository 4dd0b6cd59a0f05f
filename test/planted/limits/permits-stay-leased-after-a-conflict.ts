import type { Bug } from "../bug.ts";

export default {
  invariant: "Permits that a process does not use are given back, also if DynamoDB cancels a transaction.",
  description: "After a transaction that failed, the process believes that the store holds what it wanted to write.",
  changes: [
    {
      file: "domain/origin/permit-lease.ts",
      find: "    this.stored = undefined;\n    this.calls.nextCallAt",
      replace: "    this.stored = to;\n    this.calls.nextCallAt",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/origin/permit-lease.test.ts"],
} satisfies Bug;
