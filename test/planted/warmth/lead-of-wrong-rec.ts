import type { Bug } from "../bug.ts";

export default {
  invariant: "A URL is led under each regional edge cache by a POP of that cache.",
  description: "The lead of the first regional edge cache is looked up for every POP.",
  changes: [
    {
      file: "domain/plan/plan.ts",
      find: "group.circleOf.get(pop)",
      replace: "group.circles[0]",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/plan.test.ts"],
} satisfies Bug;
