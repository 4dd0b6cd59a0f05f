import { describe, expect, it } from "vitest";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { notYetRead, type Source } from "../../../domain/request/source.ts";
import type { DocumentUrls } from "../../../domain/sources/found-urls.ts";
import { createHandler, type ExpandCheckpoint, type ExpandDeps } from "../../../lambdas/expand/handler.ts";
import { SourceError, type WalkState } from "../../../probe/sources/walk.ts";
import { FakeAsyncFunction } from "../fakes/async-function.ts";
import { FakeDistributions } from "../fakes/distributions.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { request } from "../items.ts";
import { noteCalls } from "../noted-calls.ts";
import { silent } from "../silent.ts";

const HOST = "www.example.com";
const OWN = [{ id: "E1", domain: "d1.cloudfront.net", aliases: [HOST] }];
const SOURCES: Source[] = [
  { type: "list", url: `https://${HOST}/a.txt?sig=secret` },
  { type: "sitemap", url: `https://${HOST}/b.xml` },
];
const url = (path: string) => `https://${HOST}/${path}`;

/** What each document names; a fault instead of one is thrown. */
const DOCUMENTS: readonly DocumentUrls[] = [
  { source: 1, urls: [url("own"), url("1"), url("2")], leftOut: {} },
  { source: 2, urls: [url("2"), url("3"), "https://other.net/x"], leftOut: { older: 5 } },
  { source: 2, urls: [url("4")], leftOut: {} },
];

function expanding(change: Partial<RequestItem> = {}): RequestItem {
  const status = "CREATED" as const;
  return request({ status, sources: SOURCES, sources_read: SOURCES.map(notYetRead), cf_domain: HOST, ...change });
}

function world(item = expanding(), documents: readonly (DocumentUrls | Error)[] = DOCUMENTS) {
  const requests = new FakeRequests(item);
  const lists = new FakeLists({ "r1.csv": [[url("own")]] });
  const expandFunction = new FakeAsyncFunction();
  const stored = new Map<string, ExpandCheckpoint>();
  /** Called before each document, and before each checkpoint. */
  const hooks = { next: () => {}, write: () => {} };
  const checkpoints = {
    read: async (reqId: string) => stored.get(reqId),
    write: async (reqId: string, checkpoint: ExpandCheckpoint) => {
      hooks.write();
      stored.set(reqId, checkpoint);
    },
    delete: async (reqId: string) => void stored.delete(reqId),
  };
  const rooms: number[] = [];
  const walk: ExpandDeps["walk"] = (_, { before }) => {
    let at = before?.documents ?? 0;
    const pending = () => documents.slice(at).map((it) => (it instanceof Error ? 2 : it.source));
    return {
      next: async (room) => {
        hooks.next();
        rooms.push(room);
        const next = documents[at];
        if (next instanceof Error) throw next;
        if (next !== undefined) at++;
        return next;
      },
      state: (): WalkState => ({
        pending: pending().map((source) => ({ source, type: "list", location: "https://x/", depth: 0 })),
        visited: [],
        documents: at,
      }),
    };
  };
  let clock = 0;
  const fakes = {
    requests,
    lists,
    expandFunction,
    checkpoints,
    walk,
    logger: silent,
    caps: DEFAULT_CAPS,
    distributions: new FakeDistributions(OWN),
    now: () => (clock += 10_000),
  };
  const run = (left = 900_000) => {
    const { deps } = noteCalls<ExpandDeps>(fakes);
    return createHandler(deps)({ req_id: "r1" }, { getRemainingTimeInMillis: () => left });
  };
  return { requests, lists, expandFunction, stored, hooks, rooms, run };
}

const ALL = [
  [url("own"), ""],
  ...[1, 2].map((i) => [url(String(i)), "1"]),
  ...[3, 4].map((i) => [url(String(i)), "2"]),
];
const READ = [
  { type: "list", from: url("a.txt"), documents: 1, urls: 2, left_out: { duplicate: 1 }, done: true },
  {
    type: "sitemap",
    from: url("b.xml"),
    documents: 2,
    urls: 2,
    done: true,
    left_out: { duplicate: 1, older: 5, other_host: 1 },
  },
];

describe("a request's sources", () => {
  it("are read into its list, each URL with its source; then the item is marked, and keeps no query", async () => {
    const w = world();
    await w.run();
    expect(w.lists.objects["r1.csv"]).toEqual(ALL);
    expect(w.requests.the()).toMatchObject({
      status: "EXPANDING",
      expanded: "y",
      url_count: 5,
      url_prefix: `https://${HOST}/`,
      sources: [],
      sources_read: READ,
    });
    expect(JSON.stringify(w.requests.the())).not.toContain("secret");
    expect([w.stored.size, w.expandFunction.requests]).toEqual([0, []]);
    expect(w.rooms[0]).toBe(59_999);
  });

  it("are read in as many runs as it takes, and come to the same", async () => {
    const w = world();
    await w.run(119_000);
    expect(w.requests.the()).toMatchObject({ status: "EXPANDING", url_count: 3 });
    expect(w.requests.the().expanded).toBeUndefined();
    expect([w.stored.size, w.expandFunction.requests]).toEqual([1, ["r1"]]);
    for (let runs = 0; runs < 3; runs++) await w.run(119_000);
    expect(w.requests.the()).toMatchObject({ expanded: "y", sources_read: READ });
    expect(w.lists.objects["r1.csv"]).toEqual(ALL);
    expect(w.stored.size).toBe(0);
  });

  it("do not go on in another run before it is kept where the next run is to begin", async () => {
    const w = world();
    w.hooks.write = () => {
      throw new Error("S3 is busy");
    };
    await expect(w.run(119_000)).rejects.toThrow("S3 is busy");
    expect(w.expandFunction.requests).toEqual([]);
  });

  it("come to the same when a run is called again: before its mark from the start, after it nothing is done", async () => {
    const w = world();
    await w.run();
    const { expanded: _, ...unmarked } = w.requests.the();
    w.requests.items.set("r1", { ...unmarked, sources: SOURCES });
    await w.run();
    expect(w.lists.objects["r1.csv"]).toEqual(ALL);
    expect(w.requests.the()).toMatchObject({ expanded: "y", url_count: 5, sources_read: READ });
    w.hooks.next = () => {
      throw new Error("unplanned");
    };
    await w.run();
  });

  it("that end the request say why, and what was read until then", async () => {
    const w = world(expanding(), [...DOCUMENTS.slice(0, 1), new SourceError("https://x/ has a DOCTYPE")]);
    await w.run();
    expect(w.requests.the()).toMatchObject({
      status: "FAILED",
      reason: "https://x/ has a DOCTYPE",
      sources: [],
      sources_read: [{ urls: 2 }, { urls: 0, done: false }],
    });
    expect(w.requests.ended).toEqual(["r1"]);
    expect([w.stored.size, w.lists.objects["r1.csv"]]).toEqual([0, [[url("own")]]]);
  });

  it("with more URLs than a request may have end it, at the document that brings them", async () => {
    const many = Array.from({ length: 60_000 }, (_, i) => url(`many/${i}`));
    const w = world(expanding(), [{ source: 1, urls: many, leftOut: {} }, new Error("unplanned")]);
    await w.run();
    expect(w.requests.the()).toMatchObject({
      status: "FAILED",
      reason: "sources: there are more than 60000 URLs with them (at most 60000 together)",
    });
  });

  it("that leave nothing to warm end it", async () => {
    const w = world(expanding(), [{ source: 1, urls: ["https://other.net/x"], leftOut: {} }]);
    w.lists.objects["r1.csv"] = [];
    await w.run();
    const reason = "sources: no URL is left to warm; left out: 1 other_host";
    expect(w.requests.the()).toMatchObject({ status: "FAILED", reason });
  });

  it.each([
    ["STOPPED", "STOP"],
    ["TIMEOUT", "TIME_OUT"],
  ] as const)("of a request that is %s meanwhile are left alone", async (status, event) => {
    const w = world();
    w.stored.set("r1", {
      walk: { pending: [], visited: [], documents: 0 },
      found: [],
      sources: SOURCES.map(notYetRead),
    });
    w.hooks.next = () => void w.requests.end("r1", event);
    await w.run();
    expect(w.requests.the()).toMatchObject({ status });
    expect([w.requests.the().reason, w.stored.size, w.expandFunction.requests]).toEqual([undefined, 0, []]);
    expect(w.lists.objects["r1.csv"]).toEqual([[url("own")]]);
  });

  it("of a request that another run has gone on with are left alone, whatever this one comes to", async () => {
    const w = world(expanding(), [new SourceError("late")]);
    w.hooks.next = () => {
      w.requests.items.set("r1", { ...w.requests.the(), status: "CHECK_POP" });
    };
    await w.run();
    expect(w.requests.the()).toMatchObject({ status: "CHECK_POP" });
  });

  it("and what a request that has none is called for: nothing", async () => {
    const w = world(request());
    await w.run();
    expect(w.requests.the()).toMatchObject({ status: "CREATED" });
  });

  it("are read again by Lambda's next try when something fails that may pass", async () => {
    const w = world(expanding(), [new Error("S3 is away")]);
    await expect(w.run()).rejects.toThrow("S3 is away");
    expect(w.requests.the()).toMatchObject({ status: "EXPANDING" });
  });
});
