import { request, target } from "../items.ts";
import { url as at, world } from "./world.ts";

const COLUMNS = ["pop", "url", "error", "http_status", "x_amz_cf_pop", "x_amz_cf_id", "attempts", "variant"];
const row = (pop: string, url: string, variant = "") => [pop, url, "HTTP 403", "403", pop, "id==", "1", variant];
const POPS = ["SIN2-P1", "FRA56-P4", "NRT57-P3"];
const [A, B] = [at("/a"), at("/b")];
const GONE = [at("/gone"), "HTTP 404", "", "http_4xx", "404"];
const LISTS = {
  "r0/success_urls.csv": [
    [A, "10"],
    [B, ""],
    [at("/c"), "5"],
  ],
  "r0/report.csv": [COLUMNS, row("NRT57-P3", A), row("SIN2-P1", B)],
};

/** Get Size of r1, which tries r0 again: that has ended and left these lists. */
async function retry(
  objects: Record<string, string[][]>,
  {
    before = {},
    item = {},
    ...given
  }: Parameters<typeof world>[0] & { before?: Partial<ReturnType<typeof request>> } = {},
) {
  const ended = request({
    req_id: "r0",
    status: "FINISHED",
    active: undefined,
    pops: POPS,
    total_count: 9,
    url_count: 3,
    distributions: [{ label: "d1", names: [] }],
    ...before,
  });
  const retrying = { retry_of: "r0", pops: POPS, url_count: 3, cf_domain: "d1.cloudfront.net", ...item };
  const w = await world({ ...given, item: retrying, others: [ended] });
  Object.assign(w.lists.objects, { "r0/failed_urls.csv": [], ...objects });
  await w.requestPops.put(POPS.map((pop) => target(pop, { req_id: "r0", label: "d1" })));
  await w.handle().catch(() => w.handle());
  return { ...w, item: w.requests.the(), asked: w.seen.map(({ path }) => path) };
}

describe("Get Size of a retry", () => {
  it("asks nothing that is known, and lists each URL with the POPs at which it is to be warmed", async () => {
    const { item, lists, good, bad, asked } = await retry(LISTS);
    expect(item).toMatchObject({ status: "CHECK_POP", pops: ["SIN2-P1", "NRT57-P3"], url_count: 2 });
    expect(good()).toEqual([
      [A, "10", "", "", "02"],
      [B, "", "", "", "01"],
    ]);
    expect(lists.objects["r1.csv"]).toEqual([[A], [B]]);
    expect([bad(), asked]).toEqual([[], []]);
  });

  it("asks again for those that could not be read, and warms them at all POPs", async () => {
    const failed = [
      [at("/7"), "HTTP 503"],
      [at("/gone"), "HTTP 404"],
    ];
    const { item, good, bad, asked } = await retry({ ...LISTS, "r0/failed_urls.csv": failed });
    expect(item).toMatchObject({ status: "CHECK_POP", pops: POPS, url_count: 4 });
    expect(good()).toEqual([
      [A, "10", "", "", "04"],
      [B, "", "", "", "01"],
      [at("/7"), "7", "", "", ""],
    ]);
    expect(bad()).toEqual([GONE]);
    expect(new Set(asked)).toEqual(new Set(["/7", "/gone"]));
  });

  it("does not warm what is known, once its host belongs to another distribution than cf_domain names", async () => {
    const own = [
      { id: "E1", domain: "d1.cloudfront.net", aliases: ["*.example.com"] },
      { id: "E2", domain: "d2.cloudfront.net", aliases: ["cdn.example.com"] },
    ];
    const { item, good, bad } = await retry(LISTS, { own });
    const problem = "cdn.example.com belongs to the distribution E2, not to E1";
    expect([good(), bad()]).toEqual([[], [A, B].map((url) => [url, problem, "", "no_distribution", ""])]);
    expect(item).toMatchObject({ status: "FAILED", reason: expect.stringContaining(problem) });
  });

  it("asks in the variants that could not be read, and keeps the variants of a URL together, in their order", async () => {
    const variants = ["br", "gzip", "plain"].map((name) => ({ name, header: [`X-Form: ${name}`] }));
    const [seven, gone] = [at("/7"), at("/gone")];
    const { good, bad, asked } = await retry(
      {
        "r0/success_urls.csv": [
          [gone, "10", "gzip"],
          [seven, "10", "gzip"],
        ],
        "r0/failed_urls.csv": [
          [seven, "HTTP 503", "br"],
          [gone, "HTTP 404", "plain"],
        ],
        "r0/report.csv": [COLUMNS, row("SIN2-P1", gone, "gzip"), row("SIN2-P1", seven, "gzip")],
      },
      { item: { variants } },
    );
    expect(good()).toEqual([
      [gone, "10", "gzip", "", "01"],
      [seven, "7", "br", "", ""],
      [seven, "10", "gzip", "", "01"],
    ]);
    // One variant of several: not all of them are bad.
    expect(bad()).toEqual([[gone, "HTTP 404", "plain", "http_4xx", "404"]]);
    expect(asked).toContain("/7");
  });

  const nothing = { ...LISTS, "r0/report.csv": [COLUMNS] };
  it.each([
    ["the lists are gone", {}, /^retry_of: the request r0 cannot be retried: its lists cannot be read/],
    ["nothing is left", nothing, /^The request r0 has no tasks left/],
    [
      "no URL can be read",
      { ...nothing, "r0/failed_urls.csv": [GONE] },
      /^No URL can be read; the first is http:.*\/gone \(HTTP 404\)/,
    ],
  ])("fails where %s, and says so", async (_, objects, reason) => {
    const { item } = await retry(objects);
    expect(item).toMatchObject({ status: "FAILED", reason: expect.stringMatching(reason) });
  });
});
