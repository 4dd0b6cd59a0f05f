import type { Bug } from "../bug.ts";

export default {
  invariant: "A batch waits for its own delay, not for the one of the batch before.",
  description: "The timer of a batch that was full is kept, and no later batch gets one.",
  changes: [
    {
      file: "domain/batcher.ts",
      find: "    this.timer = undefined;\n",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/batcher.test.ts"],
} satisfies Bug;
