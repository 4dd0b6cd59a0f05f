import type { Bug } from "../bug.ts";

export default {
  invariant: "A redirect is a failed download, and its target is not requested.",
  description: "The downloader requests the location of a redirect from the same POP and reports that response.",
  changes: [
    {
      file: "agent/download/downloader.ts",
      find: "const answer = await pool.download(path, ask.headers + headers, ask.onBytes, cancellation, maxBytes, message.pop);",
      replace:
        "const get = (from: string) =>\n      pool.download(from, ask.headers + headers, ask.onBytes, cancellation, maxBytes, message.pop);\n    const first = await get(path);\n    const answer = first.location === undefined ? first : await get(new URL(first.location, url).pathname);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/download/downloader-attempts.test.ts"],
} satisfies Bug;
