import type { Bug } from "../bug.ts";

export default {
  invariant: "Two results of one task are never in one batch.",
  description: "The keys of a batch are not forgotten when it is sent, so the next item of a key is sent alone.",
  changes: [
    {
      file: "domain/batcher.ts",
      find: "this.keys.clear();",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/batcher.test.ts"],
} satisfies Bug;
