import type { Bugs } from "../bug.ts";

export default {
  "local-entrance-takes-dot-segments": {
    invariant: "The local entrance forwards a path only if it is in its normalized form.",
    description:
      "The local entrance accepts dot segments, which the client behind it removes: the path is then another one.",
    test: "test/tools/local/entrance.test.ts",
    changes: [
      {
        file: "tools/local/entrance.ts",
        find: "const DOT_SEGMENT = /\\/\\.\\.?(\\/|\\?|$)/;",
        replace: "const DOT_SEGMENT = /\\/\\.(\\/|\\?|$)/;",
      },
    ],
  },
  "local-front-serves-foreign-page": {
    invariant: "The local front rejects a request from a page of another origin.",
    description: "The local front accepts a GET request that has an Origin.",
    test: "test/tools/local/front-rules.test.ts",
    changes: [
      {
        file: "tools/local/front.ts",
        find: "if (call.origin !== undefined)",
        replace: 'if (call.origin !== undefined && call.method !== "GET")',
      },
    ],
  },
  "log-line-contains-key": {
    invariant: "The query of a URL, which may be a key, is in no log line.",
    description: "The agent logs URLs as they are.",
    test: "test/agent/instance/log.test.ts",
    changes: [
      {
        file: "agent/instance/log.ts",
        find: "reason: text, url: text }",
        replace: "reason: text }",
      },
    ],
  },
  "redirect-reaches-private-address": {
    invariant: "A redirect to a private address is not followed.",
    description: "The reader of sources connects to an IP address in a redirect without checking the address.",
    test: "test/probe/sources/web.test.ts",
    changes: [
      {
        file: "probe/sources/web.ts",
        find: "const addresses = await this.deps.dns.addresses(host);",
        replace: "const addresses = /^[\\d.]+$/.test(host) ? [host] : await this.deps.dns.addresses(host);",
      },
    ],
  },
  "report-row-allows-xss": {
    invariant: "Text from a server is escaped in the report page.",
    description: "The error of a failed task is put into the page as HTML.",
    test: "test/console/report/report-html.test.ts",
    changes: [
      {
        file: "console/report/failed-tasks.tsx",
        find: "<td>{error}</td>",
        replace: "<td dangerouslySetInnerHTML={{ __html: error }} />",
      },
    ],
  },
  "wildcard-alias-decides-owner": {
    invariant: "A URL whose host belongs to another distribution than cf_domain names is not requested.",
    description:
      "Get Size accepts every host of a request with cf_domain, as far as an alias of the distribution covers it.",
    test: "test/lambdas/get-size/handler.test.ts",
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
  },
} satisfies Bugs;
