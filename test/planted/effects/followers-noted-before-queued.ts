import type { Bug } from "../bug.ts";

export default {
  invariant: "Followers that could not be queued are queued with the next try.",
  description: "Followers count as queued before they are sent, so a failure to send them loses their tasks.",
  changes: [
    {
      file: "agent/report/promote-followers.ts",
      find: "if (skipped.length > 0) await store",
      replace: "for (const { url } of ended) this.queued.add(url);\n    if (skipped.length > 0) await store",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/report/promote-followers.test.ts"],
} satisfies Bug;
