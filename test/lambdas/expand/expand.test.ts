import { Readable } from "node:stream";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import type { RequestItem } from "../../../domain/request/request-item.ts";
import { notYetRead, type Source } from "../../../domain/request/source.ts";
import type { Buckets } from "../../../domain/sources/buckets.ts";
import type { ExpandDeps } from "../../../lambdas/expand/deps.ts";
import { createHandler } from "../../../lambdas/expand/handler.ts";
import { FakeDistributions } from "../fakes/services.ts";
import { fakeStores } from "../fakes/stores.ts";
import { request } from "../items.ts";
import { type Fault, failing, noteCalls } from "../noted-calls.ts";

const HOST = "www.example.com";
const BASE = `https://${HOST}/`;
const LIST: Source = { type: "list", s3: "s3://bucket/a.txt", base: `${BASE}?sig=secret` };
const PREFIX: Source = { type: "s3-prefix", s3: "s3://bucket/p/", origin_path: "/p", base: BASE };
const url = (path: string) => BASE + path;

/** What each document has, in the order in which they are read: the lines of the list, then the keys of each page of the prefix. */
const DOCUMENTS = [["own", "1", "2", "https://other.net/x"], ["p/2", "p/3", "p/folder/"], ["p/4"]];

/** Expand of a request whose own URL is `own`. Three seconds pass with each look at the clock. */
function world({
  item = {} as Partial<RequestItem>,
  sources = [LIST, PREFIX],
  documents = DOCUMENTS,
  fault = undefined as Fault | undefined,
} = {}) {
  const stores = fakeStores(request({ sources, sources_read: sources.map(notYetRead), cf_domain: HOST, ...item }));
  const { requests, lists, expandFunction } = stores;
  lists.objects["r1.csv"] = [[url("own")]];
  let clock = 0;
  const buckets: Buckets = {
    read: async () => Readable.from([Buffer.from((documents[0] ?? []).join("\n"))]),
    list: async (_, token) => {
      const at = Number(token ?? 1);
      return { keys: [...(documents[at] ?? [])], next: at + 1 < documents.length ? String(at + 1) : undefined };
    },
  };
  const noted = noteCalls<ExpandDeps>(
    {
      ...stores,
      buckets,
      dns: {},
      ports: { httpsPort: 443, httpPort: 80 },
      caps: DEFAULT_CAPS,
      distributions: new FakeDistributions([{ id: "E1", domain: "d1.cloudfront.net", aliases: [HOST] }]),
      now: () => (clock += 3_000),
    },
    fault,
  );
  return {
    requests,
    lists,
    buckets,
    ...noted,
    /** How many checkpoints stand, and which requests go on in another run. */
    next: () => [lists.checkpoints.size, expandFunction.requests],
    listed: () => lists.objects["r1.csv"],
    /** @param left milliseconds of the run, before each document */
    run: (left = () => 900_000) => createHandler(noted.deps)({ req_id: "r1" }, { getRemainingTimeInMillis: left }),
  };
}
/** So little is left that a run reads one document. */
const oneDocument = () => 119_000;

const ALL = [
  [url("own"), ""],
  [url("1"), "1"],
  [url("2"), "1"],
  [url("3"), "2"],
  [url("4"), "2"],
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
    const { run, requests, listed, next } = world();
    await run();
    expect(listed()).toEqual(ALL);
    expect(requests.the()).toMatchObject({
      status: "EXPANDING",
      expanded: "y",
      url_count: 5,
      url_prefix: BASE,
      sources: [],
      sources_read: READ,
    });
    expect(JSON.stringify(requests.the())).not.toContain("secret");
    expect(next()).toEqual([0, []]);
  });

  it("come to the same however they are cut into runs, of which each calls the next", async () => {
    const w = world();
    let runs = 0;
    do {
      await w.run(oneDocument);
      expect(w.next()[1]).toHaveLength(w.requests.the().expanded === "y" ? runs : runs + 1);
    } while (++runs < 9 && w.requests.the().expanded === undefined);
    expect([runs > 2, w.next()[0]]).toEqual([true, 0]);
    expect(w.listed()).toEqual(ALL);
    expect(w.requests.the()).toMatchObject({ url_count: 5, sources: [], sources_read: READ });
    expect(w.calls.filter((call) => call.startsWith("buckets."))).toEqual([
      ...["buckets.read", "buckets.list", "buckets.list"],
    ]);
  });

  it("do not go on in another run before it is kept where the next run is to begin", async () => {
    const { run, next } = world({ fault: failing("lists.writeCheckpoint") });
    await expect(run(oneDocument)).rejects.toThrow("lists.writeCheckpoint");
    expect(next()).toEqual([0, []]);
  });

  const UNREAD = { documents: 0, urls: 0, done: false };
  it.each([
    [
      "are no sources",
      [["{}"]],
      [[url("own")]],
      "s3://bucket/a.txt is not a list of URLs, one per line",
      [{ urls: 0, done: false }, UNREAD],
    ],
    [
      "leave nothing to warm",
      [["https://other.net/x"]],
      [],
      "sources: contain no URL to warm; left out: 1 other_host",
      [
        { urls: 0, left_out: { other_host: 1 }, done: true },
        { documents: 1, urls: 0, done: true },
      ],
    ],
  ])(
    "that %s end it, with the reason and what was read until then",
    async (_, documents, own, reason, sources_read) => {
      const { run, requests, lists, listed, next, calls } = world({ documents });
      lists.objects["r1.csv"] = own;
      await run();
      expect(requests.the()).toMatchObject({ status: "FAILED", reason, sources: [], sources_read });
      expect(calls.includes("buckets.list")).toBe(sources_read[1] !== UNREAD);
      expect([requests.ended, next(), listed()]).toEqual([["r1"], [0, []], own]);
    },
  );

  it("of a request that has ended meanwhile are left alone, and where they stopped is deleted", async () => {
    const { run, before, requests, next, listed } = world({ documents: [...DOCUMENTS, ["p/5"]] });
    await run(oneDocument);
    before["buckets.list"] = () => requests.end("r1", "STOP");
    await run();
    expect(requests.the()).toMatchObject({ status: "STOPPED" });
    expect([requests.the().reason, next()[0], listed()]).toEqual([undefined, 0, [[url("own")]]]);
  });

  it("of a request that another run has gone on with are left alone, whatever this one comes to", async () => {
    const { run, before, requests } = world({ documents: [["{}"]] });
    before["buckets.read"] = () => requests.set({ ...requests.the(), status: "CHECK_POP" });
    await run();
    expect(requests.the()).toMatchObject({ status: "CHECK_POP" });
  });

  it("that do not exist leave the request unchanged", async () => {
    const { run, requests } = world();
    requests.set(request());
    await run();
    expect(requests.the()).toMatchObject({ status: "CREATED" });
  });
});
