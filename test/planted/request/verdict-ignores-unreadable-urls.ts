import type { Bug } from "../bug.ts";

export default {
  invariant:
    "A URL that could not be read counts as cold at every POP: a request of which most URLs are unreadable is not ready.",
  description: "The POPs do not lack the URLs that could not be read.",
  changes: [
    {
      file: "domain/readiness/coverage.ts",
      find: "pop.unreadable++",
      replace: "pop.unreadable += 0",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/shutdown/settle.test.ts"],
} satisfies Bug;
