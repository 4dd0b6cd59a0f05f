import type { Bug } from "../bug.ts";

export default {
  invariant: "A request is sent in its slot, however long its connection takes to open.",
  description: "A request does not wait for a slot once its connection is open.",
  changes: [
    {
      file: "agent/admit/download-message.ts",
      find: "this.permit?.waitForSendSlot(this.job.cancellation.signal)",
      replace: "undefined",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "pipeline", "test/pipeline/requests/origin.test.ts"],
} satisfies Bug;
