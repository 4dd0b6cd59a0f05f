import type { Bugs } from "../bug.ts";

export default {
  "local-entrance-takes-dot-segments": {
    invariant: "The local entrance forwards a path only if it is in its normalized form.",
    description:
      "The local entrance accepts dot segments, which the client behind it removes: the path is then another one.",
    test: "test/tools/local/entrance.test.ts",
    file: "tools/local/entrance.ts",
    find: "const DOT_SEGMENT = /\\/\\.\\.?(\\/|\\?|$)/;",
    replace: "const DOT_SEGMENT = /\\/\\.(\\/|\\?|$)/;",
  },
  "local-front-serves-foreign-page": {
    invariant: "The local front rejects a request from a page of another origin.",
    description: "The local front accepts a GET request that has an Origin.",
    test: "test/tools/local/front.test.ts",
    file: "tools/local/front.ts",
    find: "if (call.origin !== undefined)",
    replace: 'if (call.origin !== undefined && call.method !== "GET")',
  },
  "log-line-contains-key": {
    invariant: "The query of a URL, which may be a key, is in no log line.",
    description: "The agent logs URLs as they are.",
    test: "test/agent/instance/log.test.ts",
    file: "agent/instance/log.ts",
    find: "reason: text, url: text }",
    replace: "reason: text }",
  },
  "redirect-reaches-private-address": {
    invariant: "A redirect to a private address is not followed.",
    description: "The reader of sources connects to an IP address in a redirect without checking the address.",
    test: "test/probe/sources/web.test.ts",
    file: "probe/sources/web.ts",
    find: "const addresses = await this.deps.dns.addresses(host);",
    replace: "const addresses = /^[\\d.]+$/.test(host) ? [host] : await this.deps.dns.addresses(host);",
  },
  "report-row-allows-xss": {
    invariant: "Text from a server is escaped in the report page.",
    description: "The error of a failed task is put into the page as HTML.",
    test: "test/console/report/report-html.test.ts",
    file: "console/report/failed-tasks.tsx",
    find: "<td>{error}</td>",
    replace: "<td dangerouslySetInnerHTML={{ __html: error }} />",
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
  "link-local-address-asked": {
    invariant: "A URL whose host leads to the metadata service is not requested.",
    description: "Link-local addresses are not refused.",
    test: "test/lambdas/get-size/hostile-names.test.ts",
    file: "domain/net/addresses.ts",
    find: '  "169.254.0.0/16", // link-local',
    replace: '  "169.253.0.0/16", // link-local',
  },
  "alias-of-private-address-asked": {
    invariant: "A host is requested only at addresses that are all public.",
    description: "The first address of a name decides for the others.",
    test: "test/lambdas/get-size/hostile-names.test.ts",
    file: "probe/dns.ts",
    find: "checkAddresses(name, addresses, allowPrivateAddresses);",
    replace: "checkAddresses(name, addresses.slice(0, 1), allowPrivateAddresses);",
  },
  "large-body-costs-the-square": {
    invariant: "A body of 6 MB is checked within seconds.",
    description: "Every fourth URL is compared with all URLs before it.",
    test: "test/lambdas/api/worst-bodies.test.ts",
    file: "domain/validation/check-urls.ts",
    find: 'if ("url" in result) urls.add(result.url);',
    replace: 'if ("url" in result) (urls.size % 4 === 0 && [...urls].includes(result.url)) || urls.add(result.url);',
  },
  "forged-item-stops-a-step": {
    invariant: "An item that cannot be parsed is passed over and counted.",
    description: "An item without a valid field ends the step that reads it.",
    test: "test/aws/tables.test.ts",
    file: "aws/request-table.ts",
    find: "    const { data, error } = schema.safeParse(item);",
    replace:
      '    if (item["status"] === null) throw new Error("no status");\n    const { data, error } = schema.safeParse(item);',
  },
  "forged-target-not-counted": {
    invariant: "A target that cannot be parsed is passed over and counted.",
    description: "Only targets with a state are counted.",
    test: "test/aws/tables.test.ts",
    file: "aws/request-pop-table.ts",
    find: '        this.onUnparseable({ kind: "target"',
    replace: '        if (typeof item["state"] === "string") this.onUnparseable({ kind: "target"',
  },
  "forged-bytes-counted": {
    invariant: "A stream record whose bytes are no number is not counted.",
    description: "Whatever stands for the bytes of a result is made a number.",
    test: "test/lambdas/aggregation/progress-of-batch.test.ts",
    file: "lambdas/aggregation/batch.ts",
    find: 'typeof value?.N === "string" ? Number(value.N)',
    replace: "value?.N !== undefined ? Number(value.N)",
  },
  "reason-quotes-message": {
    invariant: "The reason why a message is no task quotes nothing of it.",
    description: "The reason contains the message, and so its headers.",
    test: "test/agent/receive/generated-input.test.ts",
    file: "domain/plan/task-message.ts",
    find: 'return { reason: "not JSON" };',
    replace: 'return { reason: "not JSON: ".concat(body) };',
  },
  "header-list-unchecked": {
    invariant: "A body with a fault is refused, and nothing is made.",
    description: "A header that frames the request is accepted.",
    test: "test/lambdas/api/generated-bodies.test.ts",
    file: "domain/net/headers.ts",
    find: '"Content-Length", ',
    replace: "",
  },
} satisfies Bugs;
