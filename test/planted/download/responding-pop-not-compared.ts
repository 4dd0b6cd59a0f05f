import type { Bug } from "../bug.ts";

export default {
  invariant: "A response that names another POP than the requested one does not count for the requested one.",
  description: "The POP that a response names is not compared with the POP that was asked.",
  changes: [
    {
      file: "agent/fetch/http/response-reader.ts",
      find: "xAmzCfPop !== undefined && xAmzCfPop !== this.pop",
      replace: 'xAmzCfPop === ""',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/downloader-attempts.test.ts"],
} satisfies Bug;
