import type { Bug } from "../bug.ts";

export default {
  invariant: "A document of a source that AWS WAF answers ends the request, and the reason names AWS WAF.",
  description: "The page of a challenge is read as a list of URLs if its status is 200.",
  changes: [
    {
      file: "probe/sources/web.ts",
      find: "if (action !== undefined) throw",
      replace: "if (action !== undefined && statusCode !== 200) throw",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/probe/sources/web.test.ts"],
} satisfies Bug;
