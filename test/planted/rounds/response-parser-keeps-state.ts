import type { Bug } from "../bug.ts";

export default {
  invariant: "The body of each chunk is counted with its own size.",
  description: "The digits of a chunk's size are not reset, so a body of many chunks is rejected.",
  changes: [
    {
      file: "agent/fetch/http/chunked-body.ts",
      find: "        this.digits = 0;\n",
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/http/response-reader.test.ts"],
} satisfies Bug;
