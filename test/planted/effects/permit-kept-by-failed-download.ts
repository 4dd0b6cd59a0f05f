import type { Bug } from "../bug.ts";

export default {
  invariant: "A download that fails gives back its place under the origin's limit.",
  description: "The place under the limit is given back only after a download that succeeded.",
  changes: [
    {
      file: "agent/work/download-urls.ts",
      find: "finish(job, url);\n  } finally {\n    transfer.clear();\n    place.leave();",
      replace: "finish(job, url);\n    place.leave();\n  } finally {\n    transfer.clear();",
    },
    {
      file: "agent/work/download-urls.ts",
      find: "} finally {\n    place.leave();\n  }",
      replace: "} finally {\n    job.left.size;\n  }",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/work/put-offs.test.ts"],
} satisfies Bug;
