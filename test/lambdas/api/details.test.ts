// What `detail` adds to GET /prewarm.

import { sentSchema } from "../../../domain/api/detail-answers.ts";
import { LISTS } from "../../../domain/plan/lists.ts";
import { reasonText } from "../../../domain/readiness/reasons.ts";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { Count } from "../../../domain/result/count.ts";
import type { FailureReason } from "../../../domain/result/failure.ts";
import { checkPrewarmRequest } from "../../../domain/validation/prewarm-request.ts";
import { times } from "../../collect.ts";
import { batchCount, count, LABEL, request, target } from "../items.ts";
import { refusalOf, withoutWarnings, world } from "./world.ts";

const [SIN, FRA] = ["SIN2-P1", "FRA56-P4"] as const;

it.each(["", "POPS", "samples", "urls"])(
  "another detail is a 400 that names those that there are: %j",
  async (detail) => {
    const { get, calls } = world();
    expect(refusalOf(await get("prewarm", { detail }))).toBe(
      `400 Unknown detail '${detail}'; use one of 'pops', 'failures', 'sent'`,
    );
    expect(calls).toEqual([]);
  },
);

const STOPPED = { active: undefined, status: "STOPPED" } as const;
const under = (label: string, change = {}) => target(SIN, { label, ...change });

/** The row of the one POP, which has these counts: results, failures, outcomes. */
async function row(
  item: Partial<RequestItem>,
  targets = [target(SIN)],
  done = 0,
  failed = 0,
  outcomes: Partial<Count> = {},
) {
  const running: Partial<RequestItem> = { status: "IN_PROGRESS", pops: [SIN], total_count: 4, targets_total: 1 };
  const w = world({ items: [request({ ...running, tasks_per_target: { [LABEL]: 4 }, ...item })] });
  const blocks = new Map([[0, new Map([[0, count(done, done * 10, failed, outcomes)]])]]);
  await w.progress.add("r1", batchCount({ blocks }), "token", 0);
  await w.requestPops.put(targets);
  const rows = (await w.get("prewarm", { detail: "pops" })).body["pops"] as object[];
  expect(rows).toHaveLength(1);
  return rows[0];
}

it("detail=pops adds a row a POP", async () => {
  const outcomes = { warm_count: 1, hit_count: 1, not_kept_count: 1 };
  expect(await row({}, undefined, 3, 1, outcomes)).toEqual({
    pop: SIN,
    rec: "Singapore",
    state: "IN_PROGRESS",
    total_count: 4,
    ...withoutWarnings(count(3, 30, 1, outcomes)),
  });
});

it.each([
  ["before it is resolved", { total_count: 0, targets_total: 0 }, [], 0, "WAITING"],
  ["before its first result", {}, undefined, 0, "WAITING"],
  ["with all", {}, undefined, 4, "DONE"],
  ["that the DNS does not know", {}, [target(SIN, { state: "FAILED" })], 0, "NOT_RESOLVED"],
  ["of a stopped request", STOPPED, undefined, 3, "UNFINISHED"],
  ["of a stopped request that had all", STOPPED, undefined, 4, "DONE"],
  ["of a finished one, whose counter missed a batch", { ...STOPPED, status: "FINISHED" }, undefined, 3, "DONE"],
] as const)("detail=pops has the state of a POP %s", async (_, change, targets, done, state) => {
  expect(await row(change, targets && [...targets], done)).toMatchObject({ state });
});

it.each([
  ["its tasks under each distribution", { d1: 3, d2: 2 }, [under("d1"), under("d2")], 5],
  [
    "tasks of URLs that are wanted everywhere, and its own besides",
    { d1: 3, d2: 0 },
    [under("d1", { own_tasks: 2 }), under("d2", { own_tasks: 4 })],
    9,
  ],
  ["none where all URLs are wanted elsewhere", { d1: 0 }, [under("d1")], 0],
  [
    "none under the distributions under which it does not resolve",
    { d1: 3, d2: 2 },
    [under("d1"), under("d2", { state: "FAILED" })],
    3,
  ],
])("detail=pops counts of a POP %s", async (_, tasks_per_target, targets, total_count) => {
  const item = { total_count: 9, tasks_per_target, targets_total: 2 };
  expect(await row(item, targets)).toMatchObject({ total_count, state: "WAITING" });
});

it.each([
  ["too many results", 9, 9, {}, { download_count: 4, failed_count: 4 }],
  [
    "too many outcomes",
    4,
    1,
    { warm_count: 3, hit_count: 9, not_kept_count: 7 },
    { warm_count: 3, hit_count: 0, not_kept_count: 1 },
  ],
  ["fewer than none", -1, -1, {}, { download_count: 0, failed_count: 0, download_size: 0 }],
])("detail=pops keeps counts within the POP's tasks: %s", async (_, done, failed, outcomes, expected) => {
  expect(await row({}, undefined, done, failed, outcomes)).toMatchObject(expected);
});

const example = { url: "https://a.example/", pop: SIN, error: "HTTP 403", http_status: 403 };
const refused = { code: "http_4xx", subject: "task", tasks: 2, pops: 2, examples: [example] } as const;
const running = request({ status: "IN_PROGRESS", total_count: 4 });
const addFailures = ({ progress }: ReturnType<typeof world>, reason: FailureReason) =>
  progress.add("r1", batchCount({ failures: new Map([[reason, { tasks: 2, pops: [0, 1] }]]) }), "token", 0);
const failuresOf = async ({ get }: ReturnType<typeof world>, detail = "failures") =>
  (await get("prewarm", { detail })).body["failures"];

it("detail=failures adds the failures by reason as far as they are counted, with what they mean; and the POPs if they are asked for", async () => {
  const w = world({ items: [running] });
  await addFailures(w, "http_4xx");
  await w.progress.putFailureExamples("r1", "http_4xx", [example], 0);
  const { body } = await w.get("prewarm", { detail: "pops, failures" });
  expect(body["pops"]).toHaveLength(2);
  expect(body["failures"]).toEqual([{ ...refused, urls: null, ...reasonText("http_4xx", "en", 403) }]);
});

it("detail=failures adds input failures while the request runs, without a look at each URL that could not be read", async () => {
  const w = world({ items: [running] });
  await w.requestPops.put([target(SIN), target(FRA, { state: "FAILED", reason: "name_not_found" })]);
  const dead = { code: "name_not_found", subject: "pop", tasks: 0, pops: 1 };
  // The sizes are not asked yet.
  expect(await failuresOf(w)).toMatchObject([dead]);
  const gone = { url: "https://a.example/gone", error: "HTTP 404", http_status: 404 };
  const counts = { code: "http_4xx", subject: "url", tasks: 0, pops: 0, urls: 60_000 } as const;
  await w.lists.write(LISTS.failedUrlGroups, "r1", [{ ...counts, examples: [gone] }]);
  // There may be 480,000: one that is read would spoil the answer.
  w.lists.objects[LISTS.failedUrls.key("r1")] = [["https://a.example/other", "HTTP 500", "", "http_5xx", "500"]];
  expect(await failuresOf(w)).toMatchObject([{ ...counts, examples: [gone] }, dead]);
});

it("detail=failures is exact once the report stands, whatever was counted", async () => {
  const ended = { status: "FINISHED", active: undefined, report: "r1/report.csv", total_count: 4 } as const;
  const w = world({ items: [request(ended)] });
  await addFailures(w, "tls");
  await w.lists.write(LISTS.failures, "r1", [{ ...refused, urls: 1, examples: [example] }]);
  expect(await failuresOf(w)).toMatchObject([{ code: "http_4xx", tasks: 2, urls: 1 }]);
});

describe("detail=sent", () => {
  it("stands alone: with another detail, the answer may be larger than Lambda's", async () => {
    expect(refusalOf(await world().get("prewarm", { detail: "sent,pops" }))).toMatch(/^400 detail: .*'sent'/);
    expect(refusalOf(await world().get("prewarm", { detail: "sent,sent" }))).toMatch(/^404/);
  });

  const sent = {
    timeout_at: "2024-04-16 03:40:21.405000",
    instances_asked: 3,
    header: ["Cookie: secret=1"],
    header_count: 1,
    variant_names: ["br"],
  };
  async function asked(urls: readonly string[] | undefined, item: Partial<RequestItem> = {}) {
    const w = world({ items: [request({ ...sent, ...item })] });
    if (urls !== undefined) await w.lists.write(LISTS.urls, "r1", urls);
    return w.get("prewarm", { detail: "sent" });
  }

  it("is a body that the API takes for the same request, without its headers", async () => {
    const origin = { requests_per_second: 40 };
    const proof = { verify: "off", downloads: 2 } as const;
    const settings = { ...proof, origin, need_invalidate: true } as const;
    const { body } = await asked(["https://a.example/1"], settings);
    expect(JSON.stringify(body)).not.toContain("secret");
    const told = sentSchema.parse(body["sent"]);
    expect(told).toMatchObject({ header_count: 1, variant_names: ["br"], urls_omitted: 0 });
    expect(told.body).toMatchObject({
      timeout: 30,
      instance_count: 3,
      ...proof,
      scope: "pop",
      origin,
      need_invalidate: true,
    });
    const { item, urls } = checkPrewarmRequest(told.body, { caps: DEFAULT_CAPS, reqId: "r2", now: 0 });
    expect(urls).toEqual(["https://a.example/1"]);
    expect(item).toMatchObject({ pops: request().pops, instances_asked: 3, ...settings });
  });

  it("counts the URLs for which the answer has no room", async () => {
    const { body } = await asked(times(800, (n) => `https://a.example/${"x".repeat(8_000)}${n}`));
    const { body: again, urls_omitted } = sentSchema.parse(body["sent"]);
    expect((again.url_list ?? []).length + urls_omitted).toBe(800);
    expect(urls_omitted).toBeGreaterThan(0);
  });

  it("of a retry names the request that it retries: its tasks are no product of URLs and POPs", async () => {
    // Before Get Size has written its list, too.
    const { body } = await asked([], { retry_of: "r0" });
    const told = sentSchema.parse(body["sent"]);
    expect(told.body).toMatchObject({ retry_of: "r0", timeout: 30 });
    const rules = { caps: DEFAULT_CAPS, reqId: "r2", now: 0, retried: request({ req_id: "r0" }) };
    expect(checkPrewarmRequest(told.body, rules).item).toMatchObject({ retry_of: "r0", instances_asked: 3 });
  });

  it("is refused where there is no list of its URLs", async () => {
    expect(refusalOf(await asked(undefined))).toMatch(/^409 .*list/);
  });

  it("is refused where its sources were not read: what they name is missing", async () => {
    const own = ["https://a.example/1"];
    const of = async (item: Partial<RequestItem>) => refusalOf(await asked(own, { ...item, sources_read: [] }));
    expect(await of({ status: "FAILED", active: undefined })).toMatch(/^409 .*ended before its sources/);
    expect(await of({ status: "EXPANDING" })).toMatch(/^409 .*sources .* not read yet/);
    expect((await asked(own, { sources_read: [], expanded: "y" })).status).toBe(200);
  });
});
