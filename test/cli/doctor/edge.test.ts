// The edge as the doctor sees it: against the stand-in, and by recorded answers where the stand-in is too good.
import { LambdaClient } from "@aws-sdk/client-lambda";
import { runChecks, type Status } from "../../../cli/doctor/check/check.ts";
import { type Answered, ask } from "../../../cli/doctor/edge/ask.ts";
import { edgeChecks } from "../../../cli/doctor/edge/checks.ts";
import { labelOf, lookupByTask, lookupHere } from "../../../cli/doctor/edge/lookup.ts";
import { judgeReached, judgeResolved, type Reached } from "../../../cli/doctor/edge/reach.ts";
import { Dns } from "../../../probe/dns.ts";
import { startEdge } from "../../../tools/edge/edge.ts";
import { fakeResolver } from "../../lambdas/fakes/dns.ts";
import { plainSettings } from "../../lambdas/fakes/services.ts";
import { json, recorded } from "./stubbed-clients.ts";

const DOMAIN = "d111111abcdef8.cloudfront.net";
const HOST = "www.example.com";
const resolved = (pop: string, ...addresses: string[]) => ({ pop, addresses });
const answer = (over: Partial<Answered> = {}): Answered => ({
  status: 206,
  pop: "SIN2-P1",
  xCache: "Hit from cloudfront",
  firstByteMs: 12,
  bytes: 1,
  headers: {},
  ...over,
});

/** Checks of an edge of two POPs, and one that does not resolve. */
async function checksOfStandIn() {
  const edge = await startEdge({
    distributions: [{ domain: DOMAIN, aliases: [HOST] }],
    pops: [
      { pop: "SIN2-P1", rec: "Singapore", addresses: 1 },
      { pop: "FRA56-P4", rec: "Frankfurt", addresses: 1 },
    ],
    deadPops: ["ICN51-C1"],
    site: { "/a.bin": { size: 2_000 } },
    firstAddress: "127.78.0.1",
  });
  onTestFinished(() => edge.close());
  const { httpsPort, httpPort, caPem: ca, dnsServer } = edge;
  return edgeChecks({
    url: new URL(`https://${HOST}/a.bin?token=secret`),
    pops: ["SIN2-P1", "FRA56-P4", "ICN51-C1"],
    edge: { httpsPort, httpPort, ca, allowPrivateAddresses: true },
    lookup: lookupHere(new Dns({ servers: [dnsServer], allowPrivateAddresses: true })),
    source: {
      listFor: async () => [{ id: "E1", domain: DOMAIN, aliases: [HOST] }],
      settings: async () => plainSettings({ priceClass: "PriceClass_100", hasAnycastIps: true }),
    },
    label: async () => "d111111abcdef8",
  });
}

test("the checks see each POP", async () => {
  const checks = await checksOfStandIn();
  // As if it were CloudFront: what the stand-in says is not believed otherwise.
  const findings = await runChecks(checks, { isAws: true, onFinding: () => undefined });
  expect(findings.map(({ status, says }) => `${status}: ${says}`)).toEqual([
    expect.stringMatching(/^warn: the distribution E1 .* PriceClass_100, .* SIN2-P1, ICN51-C1; .* Anycast static IPs/),
    "warn: 2 of 3 POPs resolve (resolved from here, not from the Lambdas); not ICN51-C1",
    "ok: 2 of 2 POPs responded under their own name",
  ]);
  // An emulator's edge is no evidence.
  const believed = await runChecks(checks, { isAws: false, onFinding: () => undefined });
  expect(new Set(believed.map(({ status }) => status))).toEqual(new Set(["cannot-tell"]));
});

test("a private address is not asked, unless it is one's own edge", async () => {
  const edge = { httpsPort: 443, httpPort: 80, allowPrivateAddresses: false };
  expect(() => ask(new URL("https://a.example.com/"), "169.254.169.254", "GET", edge)).toThrow("refused");
});

test("the label is that of the account's distribution, or of its tenant's endpoint, else that of the DNS", async () => {
  const endpoint = { id: "cg_1", domain: "d7.cloudfront.net", aliases: [], unserved: "connection group" as const };
  const listFor = async () => [
    { id: "E1", domain: DOMAIN, aliases: [HOST] },
    { id: "E2", tenant: "dt_1", domain: endpoint.domain, aliases: ["t.example"] },
    endpoint,
  ];
  const never = async () => Promise.reject(new Error("not asked for"));
  expect(await labelOf(HOST, { listFor, dns: fakeResolver({}) })).toBe("d111111abcdef8");
  expect(await labelOf("t.example", { listFor, dns: fakeResolver({}) })).toBe("d7");
  await expect(labelOf(endpoint.domain, { listFor, dns: fakeResolver({}) })).rejects.toThrow("connection group cg_1");
  expect(await labelOf(HOST, { listFor: never, dns: fakeResolver({ alias: async () => DOMAIN }) })).toBe(
    "d111111abcdef8",
  );
});

test.each([
  ["1 of 1 POPs resolve", "ok", [resolved("SIN2-P1", "192.0.2.1")]],
  ["1 of 2 POPs resolve (here); not FRA56-P4", "warn", [resolved("SIN2-P1", "192.0.2.1"), resolved("FRA56-P4")]],
  ["0 of 1 POPs resolve", "fail", [resolved("SIN2-P1")]],
])("%s: %s", (says, status, pops) => {
  expect(judgeResolved("here", pops)).toMatchObject({ status, says: expect.stringContaining(says) });
});

const at = (pop: string, over: Partial<Answered> = {}): Reached => ({ pop, answered: answer({ pop, ...over }) });
const CHALLENGE = { status: 202, wafAction: "challenge" };

test.each<[Status, string, Reached[]]>([
  ["ok", "1 of 1", [at("SIN2-P1")]],
  ["cannot-tell", "no POP resolved", []],
  ["fail", "no POP accepted a connection (ECONNREFUSED)", [{ pop: "SIN2-P1", error: "ECONNREFUSED" }]],
  ["cannot-tell", "no response has x-amz-cf-pop", [at("SIN2-P1", { pop: undefined })]],
  ["fail", "SIN2-P1 responded for all of them", [at("SIN2-P1"), at("FRA56-P4", { pop: "SIN2-P1" })]],
  ["fail", "HTTP 403 at every POP", [at("SIN2-P1", { status: 403 })]],
  [
    "warn",
    "1 of 2 POPs responded under their own name; SIN2-P2 for SIN2-P3",
    [at("SIN2-P1"), at("SIN2-P3", { pop: "SIN2-P2" })],
  ],
  [
    "fail",
    "0 of 2 POPs responded under their own name: AWS WAF responded with a challenge (HTTP 202, x-amzn-waf-action: challenge)",
    [at("SIN2-P1", CHALLENGE), at("FRA56-P4", CHALLENGE)],
  ],
  [
    "warn",
    "1 of 2 POPs responded under their own name; AWS WAF responded at SIN2-P1",
    [at("SIN2-P1", CHALLENGE), at("FRA56-P4")],
  ],
])("POPs by name: %s, %s", (status, says, reached) => {
  expect(judgeReached(reached)).toMatchObject({ status, says: expect.stringContaining(says) });
});

describe("who looks POPs up", () => {
  const here = async () => ({ from: "resolved from here", pops: [resolved("SIN2-P1", "192.0.2.1")] });
  const task = async () => "PrewarmStack-Task";
  const answering = (body: object, headers = {}) => new LambdaClient(recorded({ ...json(body), headers }));

  test("is Task, which runs where all of them do", async () => {
    const lookup = lookupByTask(answering([{ pop: "SIN2-P1", label: "d1", ips: ["192.0.2.7"] }]), task, here);
    expect(await lookup("d1", ["SIN2-P1"])).toEqual({
      from: "resolved from the Lambdas",
      pops: [resolved("SIN2-P1", "192.0.2.7")],
    });
  });

  test.each([
    ["an older version of Task", new LambdaClient(recorded({ body: "null" })), task],
    ["a Task that fails", answering({}, { "x-amz-function-error": "Unhandled" }), task],
    ["no stack", answering([]), async () => Promise.reject(new Error("no stack"))],
  ])("is this machine with %s, and it says so", async (_, lambda, name) => {
    const { from, pops } = await lookupByTask(lambda, name, here)("d1", ["SIN2-P1"]);
    expect(from).toMatch(/^resolved from here: \w*Error$/);
    expect(pops).toEqual([resolved("SIN2-P1", "192.0.2.1")]);
  });
});
