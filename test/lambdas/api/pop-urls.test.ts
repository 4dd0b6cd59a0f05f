import { describe, expect, it } from "vitest";
import { LISTS } from "../../../domain/plan/lists.ts";
import { type GoodUrl, sortKeyOf } from "../../../domain/plan/task.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import type { TaskResult } from "../../../domain/result/task-result.ts";
import type { ApiDeps } from "../../../lambdas/api/deps.ts";
import { MAX_HEAT_STRIP_TASKS, readPopUrls } from "../../../lambdas/api/details.ts";
import { type Fakes, fakeDeps } from "../../../tools/local/fake-deps.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeRequestPops } from "../fakes/request-pops.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { FakeResults } from "../fakes/results.ts";
import { DOMAIN, LABEL, request, result, target } from "../items.ts";
import { world as apiWorld } from "./world.ts";

const SIN = "SIN2-P1";
const FRA = "FRA56-P4";
const ended = (change: Partial<RequestItem> = {}) =>
  request({
    status: "STOPPED",
    active: undefined,
    total_count: 6,
    shards: 1,
    distributions: [{ label: LABEL, domain: DOMAIN, names: [DOMAIN] }],
    ...change,
  });
const urlOf = (n: number) => `https://a.example/${n}`;
const URLS: GoodUrl[] = [1, 2, 3].map((n) => ({ url: urlOf(n), bytes: 10 }));

function world(urls: readonly GoodUrl[], results: readonly TaskResult[], targets = [target(SIN), target(FRA)]) {
  const rows = urls.map((url) => LISTS.goodUrls.toRow(url).map((value) => String(value ?? "")));
  return {
    lists: new FakeLists({ [LISTS.goodUrls.key("r1")]: rows }),
    requestPops: new FakeRequestPops(new FakeRequests(), ...targets),
    results: new FakeResults([...results]),
  };
}

const popUrls = (deps: Fakes<ApiDeps>, item: RequestItem, pop: string) =>
  readPopUrls(fakeDeps<ApiDeps>(deps), item, pop);
const told = (pop: string, n: number, change: Partial<TaskResult> = {}) =>
  result(pop, urlOf(n), { outcome: "warm", ...change });

describe("the URLs of a POP", () => {
  it("are told in the order of the list, whatever the order of the results, and those of no other POP", async () => {
    const failed = { ok: false, outcome: "failed", reason: "http_4xx", error: "HTTP 404", http_status: 404 } as const;
    const deps = world(URLS, [told(SIN, 3, failed), told(SIN, 1), told(FRA, 2)]);
    expect(await popUrls(deps, ended(), SIN)).toEqual({
      pop: SIN,
      total_count: 3,
      failures_omitted: 0,
      buckets: [
        { state: "warm", first: 1, tasks: 1, failed: 0 },
        { state: "not_tried", first: 2, tasks: 1, failed: 0 },
        { state: "failed", first: 3, tasks: 1, failed: 1 },
      ],
      failures: [{ url: urlOf(3), outcome: "failed", reason: "http_4xx", error: "HTTP 404", http_status: 404 }],
    });
  });

  it("has a task for each variant, and each finds its result", async () => {
    const urls = ["br", "gzip"].map((variant): GoodUrl => ({ url: urlOf(1), bytes: 1, variant }));
    const gzip = told(SIN, 1, { variant: "gzip", pop_url: sortKeyOf({ pop: SIN, url: urlOf(1), variant: "gzip" }) });
    const { buckets } = await popUrls(world(urls, [gzip]), ended(), SIN);
    expect(buckets.map(({ state }) => state)).toEqual(["not_tried", "warm"]);
  });

  it("leaves out what was not to be warmed there", async () => {
    // Of a retry: the first URL at the second POP alone.
    const urls: GoodUrl[] = [{ url: urlOf(1), bytes: 1, pops: "02" }, ...URLS.slice(1)];
    expect((await popUrls(world(urls, []), ended(), SIN)).total_count).toBe(2);
    expect((await popUrls(world(urls, []), ended(), FRA)).total_count).toBe(3);
    const unresolved = [target(SIN, { state: "FAILED" }), target(FRA)];
    expect((await popUrls(world(URLS, [], unresolved), ended(), SIN)).buckets).toEqual([]);
  });

  it("of one that has finished, what has no result was lost: its counts say so, too", async () => {
    const deps = world(URLS, [told(SIN, 1), told(SIN, 2)]);
    const { failures } = await popUrls(deps, ended({ status: "FINISHED", requeues: 2 }), SIN);
    expect(failures).toMatchObject([{ url: urlOf(3), reason: "lost", error: expect.stringContaining("3 times") }]);
  });

  it("of one that came to no task are none, without a look into lists that there may not be", async () => {
    const nothing = { ...world([], []), lists: new FakeLists() };
    expect(await popUrls(nothing, ended({ status: "FAILED", total_count: 0 }), SIN)).toMatchObject({ total_count: 0 });
  });
});

it("stands in GET /prewarm, as that is described", async () => {
  const api = apiWorld();
  const failed = { ok: false, outcome: "failed", reason: "timeout", error: "no answer" } as const;
  api.requests.items.set("r1", ended());
  api.lists.objects[LISTS.goodUrls.key("r1")] = [[urlOf(1), "10"]];
  await api.requestPops.put([target(SIN)]);
  await api.results.putGood([told(SIN, 1, failed)]);
  const ask = (query: Record<string, string>) => api.call("GET /prewarm", undefined, { req_id: "r1", ...query });
  const { status, body } = await ask({ detail: "urls", pop: SIN });
  expect([status, body["urls"]]).toEqual([200, expect.objectContaining({ pop: SIN, total_count: 1 })]);
  expect((await ask({ detail: "urls" })).status).toBe(400);
  expect((await ask({ pop: SIN })).body).not.toHaveProperty("urls");
  api.requests.items.set("r1", request({ status: "IN_PROGRESS" }));
  expect((await ask({ detail: "urls", pop: SIN })).status).toBe(409);
});

describe("is refused", () => {
  const deps = world(URLS, []);
  it.each([
    ["while it runs", request({ status: "IN_PROGRESS" }), SIN, 409, "The request is IN_PROGRESS"],
    ["without a POP", ended(), "", 400, "pop: is required"],
    ["for a POP that it has not", ended(), "SIN2-P10", 400, "pop: the request has no POP 'SIN2-P10'"],
  ])("%s", async (_, item, pop, statusCode, message) => {
    await expect(popUrls(deps, item, pop)).rejects.toMatchObject({
      statusCode,
      message: expect.stringContaining(message),
    });
  });

  it("where the bucket has forgotten the list, or it is damaged", async () => {
    const [lost, damaged] = [{}, { [LISTS.goodUrls.key("r1")]: [[urlOf(1), "ten"]] }];
    for (const objects of [lost, damaged])
      await expect(popUrls({ ...deps, lists: new FakeLists(objects) }, ended(), SIN)).rejects.toMatchObject({
        statusCode: 409,
        message: "The list of the request's URLs is gone",
      });
  });

  it("for results so large that reading them costs more than a tenth of a cent, and no more of them is read", async () => {
    const urls = Array.from({ length: 60_000 }, (_, n) => ({ url: urlOf(n), bytes: 1 }));
    let read = 0;
    const results = {
      // Short as they seem, DynamoDB bills 2,048 bytes each: a server's headers are in them, too.
      async *ofPop(_reqId: string, _pop: string, _shards: number, onRead?: (bytes: number) => void) {
        for (const [n] of urls.entries()) {
          if (read++ % 512 === 0) onRead?.(512 * 2_048);
          yield told(SIN, n);
        }
      },
    };
    await expect(popUrls({ ...world(urls, []), results }, ended({ total_count: 60_000 }), SIN)).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringMatching(/^pop: the results of SIN2-P1 have more than 64 MB; .*results_url/),
    });
    expect(read).toBeGreaterThan(30_000);
    expect(read).toBeLessThan(32_000);
  });

  it("for so many tasks that reading them takes too long, and no result is read", async () => {
    const urls = Array.from({ length: MAX_HEAT_STRIP_TASKS + 1 }, (_, n) => ({ url: urlOf(n), bytes: 1 }));
    const results = {
      ofPop(): AsyncGenerator<never> {
        throw new Error("a result was read");
      },
    };
    await expect(popUrls({ ...world(urls, []), results }, ended(), SIN)).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("results_url"),
    });
  });
});
