import type { Bug } from "../bug.ts";

export default {
  invariant: "A URL whose host belongs to another distribution than cf_domain names is not requested.",
  description:
    "Get Size accepts every host of a request with cf_domain, as far as an alias of the distribution covers it.",
  changes: [
    {
      file: "domain/request/find-distributions.ts",
      find: "const problem = host === cfDomain ? undefined : notOwnedReason(id, host, owner);",
      replace: "const problem = matchesAny(found.names, host) ? undefined : notOwnedReason(id, host, owner);",
    },
    {
      file: "domain/request/find-distributions.ts",
      find: 'import { isIP } from "node:net";',
      replace:
        'import { isIP } from "node:net";\nimport { matchesName } from "./distributions.ts";\nconst matchesAny = (names: readonly string[], host: string) => names.some((name) => matchesName(host, name));',
    },
  ],
  command: ["npx", "vitest", "run", "--project", "unit*", "test/lambdas/get-size/handler.test.ts"],
} satisfies Bug;
