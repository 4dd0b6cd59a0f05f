import { estimatedSchema } from "../../../client/answers.ts";
import { otherWarnings } from "../../../console/new/figures.ts";
import { estimateSchema } from "../../../domain/cost/estimate.ts";
import { times } from "../../collect.ts";
import { request } from "../items.ts";
import { failing } from "../noted-calls.ts";
import { refusalOf, STAMP, world } from "./world.ts";

const OWN = [{ id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] }];
/** What reads; all else would be something that a dry run makes or changes. */
const READING = ["settings.read", "requests.listActive", "requests.dailyUse", "distributions.listFor", "dns.alias"];
const WARNINGS = "warnings";

async function dryRun(body: Record<string, unknown> = {}, given: Parameters<typeof world>[0] = {}) {
  const w = world({ own: OWN, ...given });
  const answer = await w.post({ dry_run: true, ...body });
  return { ...w, answer, estimate: answer.body["estimate"], warnings: answer.body[WARNINGS] };
}

describe("POST /prewarm with dry_run", () => {
  it("answers what would be done, in the shape of a POST without an id", async () => {
    const { answer } = await dryRun();
    const { estimate, ...rest } = answer.body;
    expect({ ...answer, body: rest }).toEqual({
      status: 200,
      body: {
        status: "Success",
        error_message: "",
        error_urls: [],
        request_id: "",
        timestamp: STAMP,
        timeout_at: "",
        pop_selection: expect.objectContaining({ selected: 2, set: "named" }),
      },
    });
    expect(estimateSchema.parse(estimate)).toMatchObject({
      urls: 2,
      variants: 1,
      tasks: 4,
      bytes: { estimate: 4_002, sampled: 2 },
    });
  });

  it("makes and changes nothing", async () => {
    const { calls } = await dryRun({ need_invalidate: true, client_token: "t" });
    expect(calls.filter((name) => !READING.includes(name))).toEqual([]);
  });

  it.each([
    ["a bad URL", { url_list: ["ftp://a.example/"] }, {}, /^400 url_list: 'ftp:/],
    ["a field that is not one", { dryrun: true }, {}, /^400 .*did you mean dry_run/],
    ["one active request too many", {}, { maxActiveRequests: 1 }, /^400 .*maxActiveRequests/],
  ])("refuses %s as a real one", async (_, body, caps, message) => {
    expect(refusalOf((await dryRun(body, { caps, items: [request()] })).answer)).toMatch(message);
  });

  it("dry_run: false creates a request", async () => {
    const { answer, requests } = await dryRun({ dry_run: false });
    expect([answer.body["request_id"], requests.all().length]).toEqual(["new-id", 1]);
  });

  it("asks for a hundred sizes at most, all over URLs and variants", async () => {
    const url_list = times(200, (i) => `https://cdn.example.com/${i}`);
    const variants = ["a", "b", "c"].map((name) => ({ name, header: [`X-Form: ${name}`] }));
    const { estimate, sampled } = await dryRun({ url_list, variants });
    expect(sampled).toHaveLength(100);
    expect(new Set(sampled.map(({ variants: [name] }) => name)).size).toBe(3);
    expect(new Set(sampled.map(({ url }) => url)).size).toBe(100);
    expect(estimate).toMatchObject({ tasks: 1_200, bytes: { estimate: 1_259_400, sampled: 100 } });
  });

  it("counts paths, not forms, of an invalidation", async () => {
    const url_list = [
      ...times(1_009, (i) => `https://cdn.example.com/${i}`),
      "http://cdn.example.com/0",
      // CloudFront wants the first one encoded, and then they are one path.
      "https://cdn.example.com/?a=|",
      "https://cdn.example.com/?a=%7C",
    ];
    const beyond = async (invalidate?: object) => {
      const { estimate } = await dryRun({ url_list, need_invalidate: true, invalidate });
      return estimateSchema.parse(estimate).dollars.lines.find(({ line }) => line === "invalidation_paths");
    };
    expect(await beyond()).toMatchObject({ dollars: 0.05 });
    // A pattern is a path. What it covers costs nothing more.
    expect(await beyond({ paths: ["/x*", "/y*", "/z*"] })).toMatchObject({ dollars: 0.065 });
    expect(await beyond({ paths: ["/1*"] })).toMatchObject({ dollars: 0 });
  });

  it("counts the path of an invalidation once for all aliases of a distribution, and for each distribution", async () => {
    const hosts = ["cdn.example.com", "www.example.com", "shop.example.com"];
    const url_list = hosts.flatMap((host) => times(600, (i) => `https://${host}/${i}`));
    const own = [
      { id: "E1", domain: "d1.cloudfront.net", aliases: hosts.slice(0, 2) },
      { id: "E2", domain: "d2.cloudfront.net", aliases: hosts.slice(2) },
    ];
    const { estimate } = await dryRun({ url_list, need_invalidate: true }, { own });
    const lines = estimateSchema.parse(estimate).dollars.lines;
    expect(lines.find(({ line }) => line === "invalidation_paths")).toMatchObject({ dollars: 1 });
  });
});

it.each([
  [
    "no distribution",
    { url_list: ["https://other.example/a"], cf_domain: "other.example" },
    {},
    /would end as FAILED: cf_domain: other.example is not a domain name/,
  ],
  [
    "max_bytes",
    { max_bytes: 3_999 },
    {},
    /would end as FAILED: about 12006 transferred bytes exceed max_bytes, which is 3999/,
  ],
  ["the deployment's bound", {}, { maxRequestBytes: 3_000 }, /12006 bytes exceed .* 3000/],
  [
    "the limit of the day",
    {},
    { maxDailyBytes: 3_000 },
    /would end as FAILED: .*12006 bytes exceed .* 3000 .*maxDailyBytes/,
  ],
  ["the timeout", { timeout: 1 }, {}, /timeout: the request needs about 1\.3 minutes, but times out after 1/],
  ["no instance", { instance_count: 0 }, {}, /instance_count: is 0/],
  ["a token", { client_token: "t" }, {}, /client_token: ignored/],
])("what a dry run foresees %s", async (_, body, caps, message) => {
  const { answer, warnings } = await dryRun(body, { caps });
  expect(answer.status).toBe(200);
  expect(warnings).toContainEqual(expect.stringMatching(message));
});

it("what a dry run foresees sources that could not be read to their end: all figures are lower bounds", async () => {
  const sources = [{ type: "list", url: "https://cdn.example.com/list" }];
  const { estimate, warnings, sampled } = await dryRun({ sources });
  expect(estimate).toMatchObject({ urls: 3, tasks: 6, lower_bound: true, sources: [{ urls: 1, done: false }] });
  expect(sampled.map(({ url }) => url)).toContain("https://cdn.example.com/found");
  expect(warnings).toEqual([expect.stringMatching(/not all could be read .*cdn.example.com\/list.* lower bounds/)]);
});

it("what a dry run foresees a host that a more specific alias gives to another distribution is not asked for sizes", async () => {
  // Found by a source: those of `url_list` are refused before.
  const own = [
    { id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com"] },
    { id: "E2", domain: "d2.cloudfront.net", aliases: ["cdn.example.com"] },
  ];
  const body = {
    cf_domain: "d1.cloudfront.net",
    url_list: ["https://a.example.com/a"],
    sources: [{ type: "list", url: "https://a.example.com/list" }],
  };
  const { estimate, warnings, sampled } = await dryRun(body, { own, allowed: "E1" });
  expect(sampled.map(({ url }) => url)).toEqual(["https://a.example.com/a"]);
  expect(warnings).toContain(
    "dry_run: hosts whose URLs would not be warmed: 1; the first: cdn.example.com belongs to the distribution E2, not to E1",
  );
  const unreadable_urls = [{ url: "https://cdn.example.com/found", error: expect.stringContaining("E2") }];
  expect(estimate).toMatchObject({ bytes: { sampled: 2, unreadable: 1, unreadable_urls } });
  // The console has a list of them in the place of this warning.
  const answer = estimatedSchema.parse({ estimate, warnings });
  expect(answer.warnings.filter((it) => !otherWarnings(answer).includes(it))).toEqual([
    expect.stringMatching(
      /^url_list: 1 of 2 sampled URLs cannot be read; the first: https:\/\/cdn\.example\.com\/found: /,
    ),
  ]);
});

it("what a dry run foresees a distribution that may not be warmed is not asked for sizes", async () => {
  const { warnings, sampled } = await dryRun({ url_list: ["https://d9.cloudfront.net/a"] }, { allowed: "E1" });
  expect(sampled).toEqual([]);
  expect(warnings).toContainEqual(expect.stringMatching(/would end as FAILED: .* allows only E1/));
});

it("what a dry run foresees answers without sizes, nor what sources name, when the distributions cannot be listed", async () => {
  const sources = [{ type: "list", url: "https://cdn.example.com/list" }];
  const { estimate, warnings, logger } = await dryRun({ sources }, { fault: failing("distributions.listFor") });
  expect(estimate).toMatchObject({ tasks: 4, lower_bound: true, bytes: { estimate: null, sampled: 0 } });
  expect(warnings).toContainEqual(expect.stringMatching(/could not be looked up/));
  expect(logger.warnings.map(([message]) => message)).toContain("A dry run could not read its sources");
});
