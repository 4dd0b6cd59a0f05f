import type { Bug } from "../bug.ts";

export default {
  invariant: "The body of each chunk is counted with its own size.",
  description: "The line before a chunk's size is not dropped, so a body of many chunks is rejected.",
  changes: [
    {
      file: "agent/fetch/http/chunked-body.ts",
      find: '    this.line = "";\n',
      replace: "",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/http/response-reader.test.ts"],
} satisfies Bug;
