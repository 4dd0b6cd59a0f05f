import type { RequestItem } from "../../../domain/request/request-item.ts";
import { notYetRead } from "../../../domain/request/source.ts";
import { times } from "../../collect.ts";
import { readiness } from "../../readiness.ts";
import { request } from "../items.ts";
import { world as emptyWorld, refusalOf, STAMP } from "./world.ts";

const RETRY = { retry_of: "r1" };
const NAMES = ["pop", "url"];

/** An API that knows the request r1, which has ended with one failed task of six. */
function world(change: Partial<RequestItem> = {}) {
  const item = request({
    status: "FINISHED",
    active: undefined,
    report: "r1/report.csv",
    created_at: "2024-04-16 02:00:00.000000",
    timeout_at: "2024-04-16 03:30:00.000000",
    instance_count: 0,
    url_prefix: "https://cdn.example.com/",
    total_count: 6,
    download_count: 6,
    failed_count: 1,
    verify: "edge",
    downloads: 1,
    scope: "regional",
    max_failures: 9,
    cf_domain: "d1.cloudfront.net",
    origin: { concurrency: 7 },
    ...change,
  });
  const w = emptyWorld({ items: [item] });
  Object.assign(w.lists.objects, {
    "r1.csv": [["https://cdn.example.com/a"]],
    "r1/success_urls.csv": [["https://cdn.example.com/a", "1"]],
    "r1/failed_urls.csv": [],
    "r1/report.csv": [NAMES],
  });
  const post = (body: object = {}) => w.call("POST /prewarm", { ...RETRY, ...body });
  return { ...w, post, refusal: async (body: object = {}) => refusalOf(await post(body)) };
}

describe("POST /prewarm with retry_of", () => {
  it("makes a request of the other's POPs with its settings; both name each other", async () => {
    const { post, requests, get, timer, fleet } = world();
    expect(await post()).toMatchObject({
      status: 200,
      body: { request_id: "new-id", timestamp: STAMP, timeout_at: "2024-04-16 04:42:21.046000" },
    });
    expect(requests.the("new-id")).toMatchObject({
      status: "CREATED",
      active: "y",
      retry_of: "r1",
      pops: ["SIN2-P1", "FRA56-P4"],
      url_count: 5,
      instance_count: 3,
      instances_asked: 3,
      verify: "edge",
      downloads: 1,
      scope: "regional",
      max_failures: 9,
      cf_domain: "d1.cloudfront.net",
      origin: { concurrency: 7 },
      need_invalidate: false,
      header: [],
      url_prefix: "https://cdn.example.com/",
    });
    expect(requests.the().retried_by).toBe("new-id");
    expect([timer.schedules.size, fleet.capacity]).toEqual([1, 3]);
    expect((await get("prewarm", { req_id: "new-id" })).body["retry_of"]).toBe("r1");
    const before = (await get("prewarm")).body;
    expect([before["retried_by"], "retry_of" in before]).toEqual(["new-id", false]);
    expect((await get("summary")).body["retried_by"]).toBe("new-id");
  });

  it("takes from the body what that says", async () => {
    const { post, requests } = world();
    const own = { timeout: 7, instance_count: 1, verify: "off", downloads: 2, scope: "pop", max_bytes: 5 };
    const more = { cf_domain: null };
    const invalidate = { paths: ["/a*"], tags: [] };
    const body = { ...own, ...more, need_invalidate: true, invalidate: { paths: ["/a*"] }, header: ["X-A: 1"] };
    const warnings = [/^need_invalidate: .* at every POP/, /^invalidate: .* are not warmed again/];
    expect(await post(body)).toMatchObject({
      status: 200,
      body: { warnings: warnings.map((it) => expect.stringMatching(it)) },
    });
    expect(requests.the("new-id")).toMatchObject({
      instance_count: 1,
      verify: "off",
      downloads: 2,
      scope: "pop",
      max_bytes: 5,
      timeout_at: "2024-04-16 03:19:21.046000",
      need_invalidate: true,
      invalidate,
      header: ["X-A: 1"],
      header_count: 1,
      cf_domain: "d1.cloudfront.net",
    });
  });

  it("brings the headers again that are not kept", async () => {
    const { post, requests } = world({ header_count: 1, variant_names: ["br", "gzip"] });
    const variants = ["br", "gzip"].map((name) => ({ name, header: [`Accept-Encoding: ${name}`] }));
    expect((await post({ header: ["Authorization: token"], variants })).status).toBe(200);
    expect(requests.the("new-id")).toMatchObject({
      header: ["Authorization: token"],
      variants,
      variant_names: ["br", "gzip"],
    });
  });

  const NOT_STARTED = { failed_count: 0, download_count: 0, total_count: 0 } as const;
  const UNREAD: Partial<RequestItem> = {
    ...NOT_STARTED,
    status: "STOPPED",
    sources: [],
    sources_read: [notYetRead({ type: "list", url: "https://x.test/" })],
  };
  const variant = (name: string) => ({ name, header: [`X: ${name}`] });

  it.each<[object, Partial<RequestItem>, RegExp]>([
    [{ dry_run: true }, {}, /^400 dry_run: does not support retry_of; GET \/summary of r1/],
    [{ url_list: [], pops: ["SIN2-P1"] }, {}, /^400 retry_of: determines the URLs and the POPs; remove url_list, pops/],
    [
      {},
      { header_count: 2 },
      /^400 header: is required, because the request r1 had 2 header lines, which are not kept/,
    ],
    [{}, { variant_names: ["br", "gzip"] }, /^400 variants: must have the same names in the .* r1 had br, gzip/],
    [{ variants: [variant("br")] }, {}, /^400 variants: the request r1 had none; leave them out/],
    [{ retry_of: "x".repeat(500) }, {}, /^404 retry_of: there is no request '/],
    [
      {},
      { status: "IN_PROGRESS", active: "y" },
      /^409 retry_of: the request r1 is IN_PROGRESS; it can be retried after/,
    ],
    [{}, { report: undefined }, /^409 .* r1 is FINISHED; its report is still being written/],
    [{}, { failed_count: 0, readiness: readiness() }, /^409 .* r1 is FINISHED, and it has no tasks to retry/],
    [{}, UNREAD, /^409 retry_of: .* r1 cannot be retried: it ended before its sources were/],
  ])("%j of %j is refused, and nothing is made", async (body, change, says) => {
    const { refusal, made, requests } = world(change);
    const before = made();
    expect(await refusal(body)).toMatch(says);
    expect([made(), requests.the().retried_by]).toEqual([before, undefined]);
  });

  it.each([
    ["r1/success_urls.csv", {}],
    ["r1.csv", { total_count: 0 }],
  ] as const)("is refused where %s is gone", async (key, change) => {
    const { refusal, lists } = world(change);
    delete lists.objects[key];
    expect(await refusal()).toMatch(/^409 .* r1 cannot be retried: its lists are gone; send its URLs/);
  });

  const good = (exception: object) => ({
    failed_count: 0,
    readiness: readiness({ ...exception, exceptions: 1 }),
  });
  it.each<[string, Partial<RequestItem>]>([
    ["where a URL could not be read", good({ unreadable_urls: 1 })],
    ["where a POP did not resolve", good({ unresolved_pops: 1 })],
    ["with untried tasks", { status: "STOPPED", failed_count: 0, download_count: 4 }],
    ["with no tasks yet", { status: "STOPPED", ...NOT_STARTED }],
    ["whose sources were read", { ...UNREAD, expanded: "y" }],
  ])("of a request %s goes on", async (_, change) => {
    expect((await world(change).post()).status).toBe(200);
  });

  it("is a 409 while another request retries it, or has: that one can be retried once it has ended", async () => {
    const { post, refusal, requests, made } = world();
    expect((await post()).status).toBe(200);
    const before = made();
    expect(await refusal()).toMatch(/^409 retry_of: the request r1 is already being retried by new-id/);
    expect(made()).toEqual(before);
    // One that is gone does not count.
    await requests.delete("new-id");
    expect((await post()).body["request_id"]).toBe("new-id-3");
    expect(requests.the().retried_by).toBe("new-id-3");
  });

  it("of fifty calls at once makes one, and undoes what the others made", async () => {
    const { post, requests, timer, lists } = world();
    const answers = await Promise.all(times(50, () => post()));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
    expect([requests.all().length, timer.schedules.size, Object.keys(lists.objects).length]).toEqual([2, 1, 5]);
  });
});
