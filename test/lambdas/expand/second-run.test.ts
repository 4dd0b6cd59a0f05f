// Expand over several runs: each goes on where the run before stopped, and what was found stands in the list once.
import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_CAPS } from "../../../domain/request/caps.ts";
import { notYetRead, type Source } from "../../../domain/request/source.ts";
import type { ExpandDeps } from "../../../lambdas/expand/deps.ts";
import { expand } from "../../../lambdas/expand/handler.ts";
import { FakeAsyncFunction } from "../fakes/async-function.ts";
import { FakeDistributions } from "../fakes/distributions.ts";
import { FakeLists } from "../fakes/lists.ts";
import { FakeRequests } from "../fakes/requests.ts";
import { request } from "../items.ts";
import { noteCalls } from "../noted-calls.ts";
import { silent } from "../silent.ts";

const HOST = "www.example.com";
const url = (path: string) => `https://${HOST}/${path}`;
const SOURCES: Source[] = [
  { type: "s3-prefix", s3: "s3://bucket/1/", base: url("") },
  { type: "s3-prefix", s3: "s3://bucket/2/", base: url("") },
];

/** Which source each document is of (1, then 2), how many new URLs it names, and whether the run's time is over after it. */
const documents = fc.tuple(
  fc.array(fc.record({ urls: fc.nat({ max: 4 }), isLast: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  fc.array(fc.record({ urls: fc.integer({ min: 1, max: 4 }), isLast: fc.boolean() }), { minLength: 1, maxLength: 4 }),
);

test("however the runs are cut, the list, the counts of each source and the documents are those of one run", async () => {
  await fc.assert(
    fc.asyncProperty(documents, async ([first, second]) => {
      const all = [...first.map((it) => ({ ...it, source: 1 })), ...second.map((it) => ({ ...it, source: 2 }))];
      const named = all.map(({ source, urls }, n) => ({
        source,
        urls: Array.from({ length: urls }, (_, i) => url(`${source}/${n}/${i}`)),
      }));
      const requests = new FakeRequests(
        request({ sources: SOURCES, sources_read: SOURCES.map(notYetRead), cf_domain: HOST }),
      );
      const lists = new FakeLists({ "r1.csv": [[url("own")]] });
      const expandFunction = new FakeAsyncFunction();
      const read: number[] = [];
      let isLast = false;
      const { deps } = noteCalls<ExpandDeps>({
        requests,
        lists,
        expandFunction,
        distributions: new FakeDistributions([{ id: "E1", domain: "d1.cloudfront.net", aliases: [HOST] }]),
        caps: DEFAULT_CAPS,
        logger: silent,
        now: () => 0,
        dns: {},
        ports: { httpsPort: 443, httpPort: 80 },
        buckets: {
          read: () => Promise.reject(new Error("unplanned")),
          // Each page is a document.
          list: async ({ key }, token) => {
            const at = Number(token ?? named.findIndex(({ source }) => key === `${source}/`));
            read.push(at);
            isLast = all[at]?.isLast ?? false;
            const keys = (named[at]?.urls ?? []).map((it) => it.slice(url("").length));
            return { keys, next: named[at + 1]?.source === named[at]?.source ? String(at + 1) : undefined };
          },
        },
      });
      let runs = 0;
      do {
        runs++;
        await expand(deps, "r1", () => (isLast ? 0 : 900_000));
        isLast = false;
      } while (lists.checkpoints.size > 0);
      expect(runs).toBe(1 + all.filter((it) => it.isLast).length);
      expect(read.toSorted((a, b) => a - b)).toEqual(all.map((_, n) => n));
      const item = await requests.get("r1");
      const urls = [url("own"), ...named.flatMap((it) => it.urls)];
      expect(lists.objects["r1.csv"]?.map(([it]) => it)).toEqual(urls);
      expect(item?.url_count).toBe(urls.length);
      const read1 = named.filter(({ source }) => source === 1);
      const read2 = named.filter(({ source }) => source === 2);
      expect(item?.sources_read).toMatchObject([
        { documents: read1.length, urls: read1.flatMap((it) => it.urls).length, done: true },
        { documents: read2.length, urls: read2.flatMap((it) => it.urls).length, done: true },
      ]);
    }),
    { numRuns: 40 },
  );
});
