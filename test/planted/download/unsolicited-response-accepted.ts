import type { Bug } from "../bug.ts";

export default {
  invariant: "Bytes that arrive before the request is sent are not its response.",
  description: "A response that arrives on a connection before the request is sent is read as the response.",
  changes: [
    {
      file: "agent/fetch/http/connection.ts",
      find: "exchange === undefined || !this.isSent",
      replace: "exchange === undefined",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/http/pop-pool-unasked.test.ts"],
} satisfies Bug;
