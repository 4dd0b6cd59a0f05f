import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { notYetRead, type Source } from "../../../domain/request/source.ts";
import type { Buckets } from "../../../domain/sources/buckets.ts";
import type { ExpandDeps } from "../../../lambdas/expand/deps.ts";
import { createHandler } from "../../../lambdas/expand/handler.ts";
import { FakeAsyncFunction } from "../fakes/async-function.ts";
import { FakeDistributions } from "../fakes/distributions.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { request } from "../items.ts";
import { noteCalls } from "../noted-calls.ts";
import { silent } from "../silent.ts";

const HOST = "www.example.com";
const OWN = [{ id: "E1", domain: "d1.cloudfront.net", aliases: [HOST] }];
const BASE = `https://${HOST}/`;
const SOURCES: Source[] = [
  { type: "list", s3: "s3://bucket/a.txt", base: `${BASE}?sig=secret` },
  { type: "s3-prefix", s3: "s3://bucket/p/", origin_path: "/p", base: BASE },
];
const url = (path: string) => `https://${HOST}/${path}`;

/** What each document has, in the order in which they are read: the lines of the list, then the keys of each page. */
const DOCUMENTS = [["own", "1", "2", "https://other.net/x"], ["p/2", "p/3", "p/folder/"], ["p/4"]];

function expanding(change: Partial<RequestItem> = {}): RequestItem {
  const status = "CREATED" as const;
  return request({ status, sources: SOURCES, sources_read: SOURCES.map(notYetRead), cf_domain: HOST, ...change });
}

function world(item = expanding(), documents: readonly (readonly string[] | Error)[] = DOCUMENTS) {
  const requests = new FakeRequests(item);
  const lists = new FakeLists({ "r1.csv": [[url("own")]] });
  const expandFunction = new FakeAsyncFunction();
  const stored = lists.checkpoints;
  /** Called before each document, and before each checkpoint. */
  const hooks = { next: () => {}, write: () => {} };
  const writeCheckpoint = lists.writeCheckpoint.bind(lists);
  lists.writeCheckpoint = (...args) => {
    hooks.write();
    return writeCheckpoint(...args);
  };
  const documentAt = (at: number) => {
    hooks.next();
    const document = documents[at] ?? [];
    if (document instanceof Error) throw document;
    return document;
  };
  const buckets: Buckets = {
    read: async () => Readable.from([Buffer.from(documentAt(0).join("\n"))]),
    list: async (_, token) => {
      const at = Number(token ?? 1);
      return { keys: documentAt(at), next: at + 1 < documents.length ? String(at + 1) : undefined };
    },
  };
  let clock = 0;
  const fakes = {
    requests,
    lists,
    expandFunction,
    buckets,
    dns: {},
    ports: { httpsPort: 443, httpPort: 80 },
    logger: silent,
    caps: DEFAULT_CAPS,
    distributions: new FakeDistributions(OWN),
    now: () => (clock += 10_000),
  };
  const run = (left = 900_000) => {
    const { deps } = noteCalls<ExpandDeps>(fakes);
    return createHandler(deps)({ req_id: "r1" }, { getRemainingTimeInMillis: () => left });
  };
  return { requests, lists, expandFunction, stored, hooks, run };
}

const ALL = [
  [url("own"), ""],
  ...[1, 2].map((i) => [url(String(i)), "1"]),
  ...[3, 4].map((i) => [url(String(i)), "2"]),
];
const READ = [
  {
    type: "list",
    from: "s3://bucket/a.txt",
    documents: 1,
    urls: 2,
    left_out: { duplicate: 1, other_host: 1 },
    done: true,
  },
  {
    type: "s3-prefix",
    from: "s3://bucket/p/",
    documents: 2,
    urls: 2,
    left_out: { duplicate: 1, folder: 1 },
    done: true,
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
    const w = world(expanding(), [["{}"]]);
    await w.run();
    expect(w.requests.the()).toMatchObject({
      status: "FAILED",
      reason: "s3://bucket/a.txt is not a list of URLs, one a line",
      sources: [],
      sources_read: [{ urls: 0 }, { urls: 0, done: false }],
    });
    expect(w.requests.ended).toEqual(["r1"]);
    expect([w.stored.size, w.lists.objects["r1.csv"]]).toEqual([0, [[url("own")]]]);
  });

  it("with more URLs than a request may have end it, at the document that brings them", async () => {
    const many = Array.from({ length: 60_000 }, (_, i) => `many/${i}`);
    const w = world(expanding(), [many, new Error("unplanned")]);
    await w.run();
    expect(w.requests.the()).toMatchObject({
      status: "FAILED",
      reason: "s3://bucket/a.txt names more than 59999 URLs; a request has at most 60000 in all",
    });
  });

  it("that leave nothing to warm end it", async () => {
    const w = world(expanding(), [["https://other.net/x"]]);
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
    const checkpoint = {
      walk: {
        pending: [{ source: 1, type: "list", location: "s3://bucket/a.txt", depth: 0 }],
        visited: [],
        documents: 1,
      },
      found: [],
      sources: SOURCES.map(notYetRead),
    };
    w.stored.set("r1/expand/checkpoint.json.gz", JSON.stringify(checkpoint));
    w.hooks.next = () => void w.requests.end("r1", event);
    await w.run();
    expect(w.requests.the()).toMatchObject({ status });
    expect([w.requests.the().reason, w.stored.size, w.expandFunction.requests]).toEqual([undefined, 0, []]);
    expect(w.lists.objects["r1.csv"]).toEqual([[url("own")]]);
  });

  it("of a request that another run has gone on with are left alone, whatever this one comes to", async () => {
    const w = world(expanding(), [["{}"]]);
    w.hooks.next = () => {
      w.requests.items.set("r1", { ...w.requests.the(), status: "CHECK_POP" });
    };
    await w.run();
    expect(w.requests.the()).toMatchObject({ status: "CHECK_POP" });
  });

  it("that do not exist leave the request unchanged", async () => {
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
