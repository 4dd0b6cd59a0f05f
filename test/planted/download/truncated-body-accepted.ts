import type { Bug } from "../bug.ts";

export default {
  invariant: "A body that ends before its last chunk is incomplete.",
  description: "A connection that is closed in the middle of a chunked body ends the body as if it were whole.",
  changes: [
    {
      file: "agent/fetch/http/response-reader.ts",
      find: 'this.head?.body.kind !== "UNTIL_CLOSE"',
      replace: 'this.head === undefined || this.head.body.kind === "LENGTH"',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/http/response-reader.test.ts"],
} satisfies Bug;
