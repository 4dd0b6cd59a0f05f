import type { Bug } from "../bug.ts";

export default {
  invariant: "A request has one limit and one lease of permits, however many hosts it has.",
  description: "A process has a limiter for each host of a request.",
  changes: [
    {
      file: "domain/origin/origin-limiter-registry.ts",
      find: "isLimited(origin) ? req_id : host",
      replace: "isLimited(origin) ? req_id + host : host",
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/domain/origin/origin-limiter-registry.test.ts"],
} satisfies Bug;
