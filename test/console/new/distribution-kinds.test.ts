// Each kind of distribution from what CloudFront's API says of it to what a user reads: in the answers of the API, in the command and in the
// console, in both languages. What is found in which settings: test/domain/distribution/findings.test.ts.
import { createElement } from "preact";
import { renderToString } from "preact-render-to-string";
import { DistributionSettingsReader } from "../../../aws/distribution-settings.ts";
import { Distributions } from "../../../aws/distributions.ts";
import { Foreseen } from "../../../console/new/estimate-bar.tsx";
import { faultsOf, withHints } from "../../../console/new/faults.ts";
import { ReaderContext, readerOf } from "../../../console/session/reader.ts";
import { fieldInChinese, findingInChinese } from "../../../console/words/api-chinese.ts";
import { FINDINGS, type FindingCode } from "../../../domain/distribution/findings.ts";
import type { DistributionKind } from "../../../tools/memory-aws/distribution-kinds.ts";
import { STAGING_HEADER } from "../../../tools/memory-aws/distribution-kinds.ts";
import { BASIS, memoryCloudFront } from "../../aws/memory-cloudfront.ts";
import { AT, fakeApi, run } from "../../cli/fake-api.ts";
import { world } from "../../lambdas/api/world.ts";

afterEach(() => vi.unstubAllGlobals());

const [HOST = ""] = BASIS.aliases;
const STAGING = {
  cf_domain: `dstaging${BASIS.domain.slice(1)}`,
  url_list: [`https://dstaging${BASIS.domain.slice(1)}/a`],
};
const ENDPOINT = `drouting${BASIS.domain.slice(1)}`;
const header = [`${STAGING_HEADER.Header}: ${STAGING_HEADER.Value}`];

const ROWS: readonly (readonly [DistributionKind, body: object, FindingCode | undefined, RegExp])[] = [
  ["standard", {}, undefined, /^$/],
  ["mtls", {}, "viewer_mtls", /E1 of www.example.com requires a client certificate .*Set viewer mTLS to optional/],
  ["disabled", {}, "disabled", /is disabled.*Enable it/],
  ["deploying", {}, "not_deployed", /is being deployed.*Wait until its status is Deployed/],
  ["staging", STAGING, "staging", /is a staging distribution.*\["aws-cf-cd-staging: true"\]/],
  ["staging", { ...STAGING, header }, "continuous_deployment", /is a staging distribution/],
  [
    "staging",
    {},
    "continuous_deployment",
    /This request warms only the primary distribution.*\["aws-cf-cd-staging: true"\]/,
  ],
  ["staging", { header }, "continuous_deployment", /aws-cf-cd-staging: true warm only the staging distribution/],
  ["staging-weight", {}, "continuous_deployment", /routes 10% of the downloads to it/],
  ["staging-weight", { ...STAGING, header }, "staging", /10% of the primary distribution's requests/],
  ["tenants", { cf_domain: BASIS.domain, url_list: [`https://${BASIS.domain}/a`] }, "template", /serves no traffic/],
  ["tenants", { url_list: [`https://${ENDPOINT}/a`] }, "routing_endpoint", /routing endpoint of .* cg_1/],
  ["tenants", {}, undefined, /^$/],
  ["waf-rate", {}, "web_acl", /web ACL limits .*rate-based rule requests-of-one-address.*Allow requests with a header/],
  ["waf-bot", {}, "web_acl", /Bot Control rule bot-control/],
  ["price-class", {}, "price_class", /PriceClass_100.*2 of the POPs of this request: NRT57-P3, SYD1-C1/],
  ["anycast", {}, "anycast_ips", /Anycast static IPs/],
  ["no-server-timing", {}, "server_timing", /hits of 7 URLs of the path pattern \* .*response headers policy/],
  ["no-server-timing", { verify: "off" }, undefined, /^$/],
  ["uncached", {}, "not_cached", /does not cache 6 URLs of the path pattern \/patch\/\* \((\S+ ){5}and 1 more\)/],
  ["query-strings", {}, "query_strings", /cache key of 7 URLs .* has all query strings/],
  ["signed", { url_list: [`https://${HOST}/video/a`] }, "signed", /requires a signed URL/],
  ["origin-shield", {}, undefined, /^$/],
  ["error-ttl", {}, undefined, /^$/],
  ["tags", { invalidate: { tags: ["release-42"] } }, undefined, /^$/],
  ["standard", { invalidate: { tags: ["release-42"] } }, "cache_tags", /E1 of .* has no CacheTagConfig.*or name paths/],
];

it("has a row for each finding that CloudFront's API decides", () => {
  const found = new Set(ROWS.map(([, , code]) => code));
  const elsewhere = ["cookies", "not_checked"];
  expect(Object.keys(FINDINGS).filter((code) => !elsewhere.includes(code) && !found.has(code as FindingCode))).toEqual(
    [],
  );
});

it.each(ROWS)("%s, %j: %s, in the API, the command and the console", async (kind, change, code, text) => {
  const { cloudFront, waf } = memoryCloudFront(kind);
  const { call, distributions, settings, made } = world();
  const own = new Distributions(cloudFront);
  const reader = new DistributionSettingsReader({ cloudFront, waf: () => waf, now: Date.now });
  distributions.own = () => own.own();
  settings.read = (id) => reader.read(id);
  const url_list = ["/", ...[1, 2, 3, 4, 5, 6].map((n) => `/patch/${n}`)].map((path) => `https://${HOST}${path}`);
  const body = { url_list, pops: ["FRA60-P1", "NRT57-P3", "SYD1-C1"], timeout: 5, instance_count: 0, ...change };
  const isRefusal = code !== undefined && FINDINGS[code] === "refusal";

  const dry = await call("POST /prewarm", { ...body, dry_run: true });
  const answer = await call("POST /prewarm", body);
  const textsOf = ({ body: { warnings = [], error_message } }: typeof answer) =>
    isRefusal ? [error_message] : (warnings as string[]).filter((it) => !it.startsWith("instance_count"));
  const expected = code === undefined ? [] : [expect.stringMatching(new RegExp(`^${code}: .*${text.source}`))];
  expect([answer.status, textsOf(answer), textsOf(dry)]).toEqual([isRefusal ? 400 : 200, expected, expected]);
  expect(made().requests).toHaveLength(isRefusal ? 0 : 1);

  fakeApi({ replies: { "POST prewarm": answer } });
  const { stderr } = await run(["warm", ...url_list, ...AT, "--instances", "0", "--timeout", "5m", "--no-wait"]);
  for (const told of textsOf(answer)) expect(stderr.replace(/\s+/g, " ")).toContain(String(told));

  const warnings = textsOf(answer).map(String);
  for (const language of ["en", "zh"] as const) {
    const reads = readerOf({ language, theme: "auto", shortcuts: false });
    const rendered = renderToString(
      createElement(ReaderContext.Provider, { value: reads }, createElement(Foreseen, { warnings })),
    );
    const shown = isRefusal
      ? withHints(faultsOf(warnings[0] ?? ""), fieldInChinese, findingInChinese).rest
      : [rendered.replaceAll("&quot;", '"').replaceAll("&#39;", "'")];
    for (const told of warnings) {
      expect(shown.join("\n")).toContain(told);
      if (language === "zh") expect(shown.join("\n")).toContain(findingInChinese(told));
    }
  }
});
