import type { Bug } from "../bug.ts";

export default {
  invariant: "A follower's object is proven to be cached in the same way as its lead's.",
  description: "Tasks of followers end after the download, without the proof.",
  changes: [
    {
      file: "agent/fetch/downloader.ts",
      find: 'return this.message.verify === "off" ?',
      replace: 'return this.message.verify === "off" || this.message.follows === true ?',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/downloader.test.ts"],
} satisfies Bug;
