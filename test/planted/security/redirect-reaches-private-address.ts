import type { Bug } from "../bug.ts";

export default {
  invariant: "A redirect to a private address is not followed.",
  description: "The reader of sources connects to an IP address in a redirect without checking the address.",
  changes: [
    {
      file: "probe/sources/web.ts",
      find: "const addresses = await this.deps.dns.addresses(host);",
      replace: "const addresses = /^[\\d.]+$/.test(host) ? [host] : await this.deps.dns.addresses(host);",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/probe/sources/web.test.ts"],
} satisfies Bug;
