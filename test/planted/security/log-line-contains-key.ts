import type { Bug } from "../bug.ts";

export default {
  invariant: "The query of a URL, which may be a key, is in no log line.",
  description: "The agent logs URLs as they are.",
  changes: [
    {
      file: "agent/instance/log.ts",
      find: "reason: text, url: text }",
      replace: "reason: text }",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/instance/log.test.ts"],
} satisfies Bug;
