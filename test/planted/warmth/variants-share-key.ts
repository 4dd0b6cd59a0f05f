import type { Bug } from "../bug.ts";

export default {
  invariant: "Two variants of a URL have two keys, also where the URL is too long for a key.",
  description: "The key of a task whose URL is hashed lacks the name of the variant.",
  changes: [
    {
      file: "domain/plan/task-key.ts",
      find: '.digest("hex")}${suffix}',
      replace: '.digest("hex")}',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit", "test/domain/plan/task-key.test.ts"],
} satisfies Bug;
