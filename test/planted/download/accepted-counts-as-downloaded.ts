import type { Bug } from "../bug.ts";

export default {
  invariant: "A 202 without the object is a failed download.",
  description: "A 202 of the origin counts as a success.",
  changes: [
    {
      file: "domain/result/failure.ts",
      find: "if (status >= 200 && status < 300 && status !== ACCEPTED) return undefined;",
      replace: "if (status >= 200 && status < 300) return undefined;",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/downloader-attempts.test.ts"],
} satisfies Bug;
