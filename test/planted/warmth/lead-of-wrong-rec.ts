import type { Bug } from "../bug.ts";

export default {
  invariant: "A URL is led under each regional edge cache by a POP of that cache.",
  description: "Every regional edge cache gets the candidates of the first one.",
  changes: [
    {
      file: "domain/plan/plan.ts",
      find: "candidatesFor(url.url, recGroup)",
      replace: "candidatesFor(url.url, group.recGroups[0] ?? recGroup)",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/plan.test.ts"],
} satisfies Bug;
