import type { Bug } from "../bug.ts";

export default {
  invariant: "Two variants of a URL have two keys, also where the URL is too long for a key.",
  description: "The key of a task whose URL is hashed lacks the name of the variant.",
  changes: [
    {
      file: "domain/plan/task.ts",
      find: "if (key.length <= MAX_SORT_KEY_BYTES) return key;",
      replace:
        "if (key.length <= MAX_SORT_KEY_BYTES) return key;\n  if (variant !== undefined) return sortKeyOf({ pop, url });",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/task-key.test.ts"],
} satisfies Bug;
