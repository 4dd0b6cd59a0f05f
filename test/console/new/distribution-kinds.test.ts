// Each kind of distribution from what CloudFront's API says of it to what a user reads: in the answers of the API and in the console. The
// same of the deployed stack and the command: test/e2e/rest/distributions.test.ts. What is found in which settings:
// test/domain/distribution/findings.test.ts.
import { DistributionSettingsReader } from "../../../aws/distribution-settings.ts";
import { Distributions } from "../../../aws/distributions.ts";
import { FINDINGS } from "../../../domain/distribution/findings.ts";
import { memoryCloudFront } from "../../aws/memory-cloudfront.ts";
import { ACCOUNT, bodyFor, ROWS } from "../../distribution-rows.ts";
import { world } from "../../lambdas/api/world.ts";
import { expectTold } from "./told.ts";

afterEach(() => vi.unstubAllGlobals());

it("has a row for each finding", () => {
  const found = ROWS.map(([, , code]) => code);
  expect(found).toEqual(expect.arrayContaining(Object.keys(FINDINGS)));
});

it.each(ROWS)("%s, %j: %s, in the API and in the console", async (...row) => {
  const [kind, changes, code] = row;
  const { cloudFront, waf } = memoryCloudFront(ACCOUNT);
  const { call, distributions, settings, made } = world();
  const account = new Distributions(cloudFront);
  const reader = new DistributionSettingsReader({ cloudFront, waf: () => waf, now: Date.now });
  distributions.listFor = (hosts) => account.listFor(hosts);
  settings.read = (query) => reader.read(query);
  const isRefusal = code !== undefined && FINDINGS[code] === "refusal";

  const dry = await call("POST /prewarm", bodyFor(kind, { ...changes, dry_run: true }));
  const answer = await call("POST /prewarm", bodyFor(kind, changes));
  expectTold(dry, row);
  const isTold = code !== undefined && ["not_cached", "signed", "price_class"].includes(code);
  expect([answer.status, answer.body["warnings"], answer.body["error_message"]]).toEqual([
    isRefusal ? 400 : 200,
    isTold ? dry.body["warnings"] : undefined,
    dry.body["error_message"],
  ]);
  expect(made().requests).toHaveLength(isRefusal ? 0 : 1);
});

describe("of CloudFront and AWS WAF, a request that starts", () => {
  const callsOf = async (kind: (typeof ROWS)[number][0], changes: object) => {
    const { cloudFront, waf } = memoryCloudFront(ACCOUNT);
    const { call, settings } = world({ own: await new Distributions(cloudFront).listFor([]) });
    const reader = new DistributionSettingsReader({ cloudFront, waf: () => waf, now: Date.now });
    settings.read = (query) => reader.read(query);
    const sent = [cloudFront, waf].map((client) => vi.spyOn(client, "send"));
    await call("POST /prewarm", bodyFor(kind, changes));
    return sent.flatMap(({ mock }) => mock.calls.map(([command]) => String(command.constructor.name)));
  };

  it.each(["standard", "waf-rate", "staging", "no-server-timing", "cookies", "uncached"] as const)(
    "reads the distribution and no policies: %s",
    async (kind) => {
      expect(await callsOf(kind, {})).toEqual(["GetDistributionCommand"]);
      expect((await callsOf(kind, { dry_run: true })).length).toBeGreaterThan(1);
    },
  );

  it("reads policies if it skips what they do not cache", async () =>
    expect(await callsOf("cookies", { skip_uncached: true })).toContain("GetCachePolicyCommand"));
});
