import type { Bug } from "../bug.ts";

export default {
  invariant: "The verdict on a response depends on its bytes, not on the pieces in which they arrive.",
  description: "The limit of a response head is applied only while a part of the head is missing.",
  changes: [
    {
      file: "agent/fetch/http/response-reader.ts",
      find: "if ((whole ? end + HEAD_END.length : to) - from > MAX_ANSWER_HEAD_BYTES)",
      replace: "if (!whole && to - from > MAX_ANSWER_HEAD_BYTES)",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/http/response-pieces.test.ts"],
} satisfies Bug;
