import type { Bug } from "../bug.ts";

export default {
  invariant: "Messages of a target are filled to the limit, not only the first one.",
  description: "A message that is full stays open, so the URLs after it are added to it or sent twice.",
  changes: [
    {
      file: "domain/plan/task-message.ts",
      find: "yield current.message;\n      current = undefined;",
      replace: "yield current.message;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/plan/messages.test.ts"],
} satisfies Bug;
