import type { Bug } from "../bug.ts";

export default {
  invariant: "At most maxActiveRequests are active, however many calls come at once.",
  description: "A request is put without regard to how many permits are taken.",
  changes: [
    {
      file: "aws/request-table.ts",
      find: "size(holders) < :most",
      replace: "attribute_exists(holders) OR size(holders) < :most",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "pipeline", "test/pipeline/requests/active-limit.test.ts"],
} satisfies Bug;
