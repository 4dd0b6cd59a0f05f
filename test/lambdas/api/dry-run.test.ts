import { describe, expect, it } from "vitest";
import { estimateSchema } from "../../../domain/cost/estimate.ts";
import { request } from "../items.ts";
import { BODY, STAMP, world } from "./world.ts";

const OWN = { id: "E1", domain: "d1.cloudfront.net", aliases: ["cdn.example.com"] };
const DRY = { ...BODY, dry_run: true };
/** What reads; all else would be something that a dry run makes or changes. */
const READING = ["requests.listActive", "distributions.own", "dns.alias"];

const dryRun = async (body: Record<string, unknown> = {}, it = world(undefined, [OWN])) => {
  const { status, body: answer } = await it.call("POST /prewarm", { ...DRY, ...body });
  return { status, answer, ...it };
};

describe("POST /prewarm with dry_run", () => {
  it("answers what would be done, in the shape of a POST without an id", async () => {
    const { status, answer } = await dryRun();
    const { estimate, ...rest } = answer;
    expect({ status, rest }).toEqual({
      status: 200,
      rest: {
        status: "Success",
        error_message: "",
        error_urls: [],
        request_id: "",
        timestamp: STAMP,
        timeout_at: "",
      },
    });
    expect(estimateSchema.parse(estimate)).toMatchObject({
      urls: 2,
      variants: 1,
      tasks: 4,
      bytes: { estimate: 4_002, low: 4_002, high: 4_002, sampled: 2 },
    });
  });

  it("makes and changes nothing", async () => {
    const { calls } = await dryRun({ need_invalidate: true, client_token: "t" });
    expect(calls.filter((name) => !READING.includes(name))).toEqual([]);
  });

  it.each([
    ["a bad URL", { url_list: ["ftp://a.example/"] }, /url_list: 'ftp:/],
    ["a cap", { instance_count: 21 }, /instance_count: 21 instances, but maxInstances/],
    ["an unknown POP", { pops: ["nowhere"] }, /pops: unknown 'nowhere'/],
    ["a field that is not one", { dryrun: true }, /did you mean dry_run/],
  ])("refuses %s as a real one", async (_, body, message) => {
    const { status, answer } = await dryRun(body);
    expect(status).toBe(400);
    expect(answer["error_message"]).toMatch(message);
  });

  it("refuses what would be one active request too many", async () => {
    const it = world(undefined, [OWN], { maxActiveRequests: 1 });
    await it.requests.put(request());
    const { status, answer } = await dryRun({}, it);
    expect(status).toBe(400);
    expect(answer["error_message"]).toMatch(/maxActiveRequests/);
  });

  it("dry_run: false creates a request", async () => {
    const { answer, requests } = await dryRun({ dry_run: false });
    expect(answer["request_id"]).toBe("new-id");
    expect(requests.items.size).toBe(1);
  });

  it("asks for a hundred sizes at most, all over URLs and variants", async () => {
    const url_list = Array.from({ length: 200 }, (_, i) => `https://cdn.example.com/${i}`);
    const variants = ["a", "b", "c"].map((name) => ({ name, header: [`X-Form: ${name}`] }));
    const { answer, sampled } = await dryRun({ url_list, variants });
    expect(sampled).toHaveLength(100);
    expect(new Set(sampled.map(({ variants: [name] }) => name)).size).toBe(3);
    expect(new Set(sampled.map(({ url }) => url)).size).toBe(100);
    expect(answer["estimate"]).toMatchObject({ tasks: 1_200, bytes: { estimate: 1_259_400, sampled: 100 } });
  });

  it("counts paths, not forms, of an invalidation", async () => {
    const url_list = [
      ...Array.from({ length: 1_009 }, (_, i) => `https://cdn.example.com/${i}`),
      "http://cdn.example.com/0",
      // CloudFront wants the first one encoded, and then they are one path.
      "https://cdn.example.com/?a=|",
      "https://cdn.example.com/?a=%7C",
    ];
    const { answer } = await dryRun({ url_list, need_invalidate: true });
    const { dollars } = estimateSchema.parse(answer["estimate"]);
    expect(dollars.lines.find(({ line }) => line === "invalidation_paths")).toMatchObject({ dollars: 0.05 });
  });
});

describe("what a dry run foresees", () => {
  it.each([
    [
      "no distribution",
      { url_list: ["https://other.example/a"], cf_domain: "other.example" },
      /would end as FAILED: cf_domain: other.example is no name/,
    ],
    ["max_bytes", { max_bytes: 3_999 }, /would end as FAILED: about 4002 bytes, and max_bytes is 3999/],
    ["the timeout", { timeout: 1 }, /timeout: it would take about 1\.3 minutes, and is stopped after 1/],
    ["no instance", { instance_count: 0 }, /instance_count: is 0/],
    ["a token", { client_token: "t" }, /client_token: ignored/],
  ])("%s", async (_, body, message) => {
    const { status, answer } = await dryRun(body);
    expect(status).toBe(200);
    expect(answer["warnings"]).toContainEqual(expect.stringMatching(message));
  });

  it("the deployment's bound of bytes", async () => {
    const { answer } = await dryRun({}, world(undefined, [OWN], { maxRequestBytes: 3_000 }));
    expect(answer["warnings"]).toEqual([
      expect.stringMatching(/4002 bytes, but maxRequestBytes of this deployment is 3000/),
    ]);
  });

  it("sources that could not be read to their end: all figures are lower bounds", async () => {
    const sources = [{ type: "list", url: "https://cdn.example.com/list" }];
    const { status, answer, sampled } = await dryRun({ sources });
    expect(status).toBe(200);
    expect(answer["estimate"]).toMatchObject({
      urls: 3,
      tasks: 6,
      lower_bound: true,
      sources: [{ urls: 1, done: false }],
    });
    expect(sampled.map(({ url }) => url)).toContain("https://cdn.example.com/found");
    expect(answer["warnings"]).toEqual([
      expect.stringMatching(/not all could be read .*cdn.example.com\/list.* lower bounds/),
    ]);
  });

  it("a host that a more specific alias gives to another distribution is not asked for sizes", async () => {
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
    const { status, answer, sampled } = await dryRun(body, world(undefined, own, {}, "E1"));
    expect(status).toBe(200);
    expect(sampled.map(({ url }) => url)).toEqual(["https://a.example.com/a"]);
    expect(answer["warnings"]).toContain(
      "dry_run: hosts whose URLs would not be warmed: 1; the first: cdn.example.com belongs to the distribution E2, not to E1",
    );
    expect(answer["estimate"]).toMatchObject({ bytes: { sampled: 2 } });
  });

  it("a distribution that may not be warmed is not asked for sizes", async () => {
    const label = { url_list: ["https://d9.cloudfront.net/a"] };
    const { answer, sampled } = await dryRun(label, world(undefined, [OWN], {}, "E1"));
    expect(sampled).toEqual([]);
    expect(answer["warnings"]).toContainEqual(expect.stringMatching(/would end as FAILED: .* allows E1/));
  });

  it("answers without sizes when the distributions cannot be listed", async () => {
    const it = world((call) => (call === "distributions.own" ? "before" : undefined), [OWN]);
    const { status, answer } = await dryRun({}, it);
    expect(status).toBe(200);
    expect(answer["estimate"]).toMatchObject({ tasks: 4, bytes: { estimate: null, sampled: 0 } });
    expect(answer["warnings"]).toContainEqual(expect.stringMatching(/could not be looked up/));
  });
});
