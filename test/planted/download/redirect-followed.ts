import type { Bug } from "../bug.ts";

export default {
  invariant: "A redirect is a failed download, and its target is not requested.",
  description: "The downloader requests the location of a redirect from the same POP and reports that response.",
  changes: [
    {
      file: "agent/fetch/downloader.ts",
      find: ".finally(ended);",
      replace:
        ".then(async (first) =>\n        first.location === undefined\n          ? first\n          : await this.deps.http.get(this.endpointOf(addressIndex), new URL(first.location, this.url).pathname, this.headers.lines, this.onBytes, { cancellation: hooks.cancellation, maxBytes: maxBytesOf(null), pop: message.pop }),\n      )\n      .finally(ended);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/agent/fetch/downloader-attempts.test.ts"],
} satisfies Bug;
