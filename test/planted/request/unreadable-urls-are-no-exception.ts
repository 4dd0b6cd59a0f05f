import type { Bug } from "../bug.ts";

export default {
  invariant: "A request of which some URLs could not be read is not plainly ready.",
  description: "URLs that could not be read are no exception to the verdict.",
  changes: [
    {
      file: "domain/readiness/verdict.ts",
      find: "(covered.unreadable_urls > 0 ? 1 : 0) + ",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/readiness/verdict.test.ts"],
} satisfies Bug;
