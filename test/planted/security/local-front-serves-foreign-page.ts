import type { Bug } from "../bug.ts";

export default {
  invariant: "The local front rejects a request from a page of another origin.",
  description: "The local front accepts a GET request that has an Origin.",
  changes: [
    {
      file: "tools/local/front.ts",
      find: "if (call.origin !== undefined)",
      replace: 'if (call.origin !== undefined && call.method !== "GET")',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/tools/local/front-rules.test.ts"],
} satisfies Bug;
