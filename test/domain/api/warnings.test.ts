import { describeRequest } from "../../../domain/api/request-view.ts";
import { warningsOf } from "../../../domain/api/warnings.ts";
import { NO_PROGRESS } from "../../../domain/request/progress.ts";
import { notYetRead } from "../../../domain/request/source.ts";
import { type Count, NO_COUNT } from "../../../domain/result/count.ts";
import { count, request } from "../../lambdas/items.ts";

const NOW = Date.parse("2024-04-16T03:15:09.499Z");
const DOUBTFUL = { count: 4_711, examples: ["Cache-Control: no-store of https://cdn.example.com/a"] };
const UNCOMPRESSED = ["https://cdn.example.com/a.css (br)"];
const SOURCE = notYetRead({ type: "list", url: "https://cdn.example.com/list" });
const missingFor = (ms: number) => ({ active: "y" as const, missing_instances: { count: 3, since: NOW - ms } });

type Item = Parameters<typeof warningsOf>[0];
it.each<[what: string, Item, Partial<Count>, expected: [code: string, count: number, examples?: string[]][]]>([
  ["nothing to say", {}, {}, []],
  ["hits without a tier", {}, { hit_count: 4, no_tier_count: 7 }, [["no_tier", 7]]],
  ["URLs that may never be kept", { may_not_be_kept: DOUBTFUL }, {}, [["may_not_be_kept", 4_711, DOUBTFUL.examples]]],
  [
    "hits whose Age proves nothing, and others that did not tell their tier",
    { may_not_be_kept: DOUBTFUL },
    { hit_count: 10, no_tier_count: 4, no_age_count: 1, age_constant_count: 2, origin_age_count: 3 },
    [
      ["no_tier", 4],
      ["no_age", 1],
      ["age_constant", 2],
      ["origin_age", 3],
      ["may_not_be_kept", 4_711, DOUBTFUL.examples],
    ],
  ],
  [
    "URLs that were left out, of the list and of sources",
    {
      skipped_urls: { count: 2, examples: ["https://cdn.example.com/api"] },
      sources_read: [{ ...SOURCE, left_out: { uncached: 3, duplicate: 1 } }, SOURCE],
    },
    {},
    [["skipped_uncached", 5, ["https://cdn.example.com/api"]]],
  ],
  ["nothing but hits with the origin's Age", {}, { hit_count: 3, origin_age_count: 3 }, [["origin_age", 3]]],
  [
    "what came uncompressed or of another size",
    {},
    { uncompressed_count: 5, size_changed_count: 3 },
    [
      ["not_compressed", 5, UNCOMPRESSED],
      ["size_changed", 3],
    ],
  ],
  ["instances that are missing for ten minutes", missingFor(600_000), {}, [["no_capacity", 3]]],
  ["instances that are missing for less", missingFor(599_999), {}, []],
  ["instances that were missing at its end", { ...missingFor(900_000), active: undefined }, {}, []],
])("%s", (_, item, counts, expected) => {
  const counted = { ...NO_COUNT, ...counts };
  const warnings = warningsOf(item, counted, NOW, UNCOMPRESSED);
  expect(warnings.map(({ code, count, examples }) => [code, count, examples])).toEqual(
    expected.map(([code, count, examples = []]) => [code, count, examples]),
  );
  // Without examples, the same warnings.
  expect(warningsOf(item, counted, NOW).map(({ code }) => code)).toEqual(expected.map(([code]) => code));
});

it("are of the counts of the answer they stand in: a request that goes on, and one that has ended", () => {
  const view = { now: NOW, heartbeatTimeoutMs: 60_000 };
  const progress = { ...NO_PROGRESS, count: count(2, 20, 0, { hit_count: 2, no_tier_count: 2 }) };
  const running = request({ status: "IN_PROGRESS", total_count: 4, ...missingFor(700_000) });
  expect(describeRequest(running, progress, view).warnings).toMatchObject([
    { code: "no_tier", count: 2 },
    { code: "no_capacity", count: 3 },
  ]);
  const ended = request({
    status: "FINISHED",
    active: undefined,
    verdict: "ready",
    total_count: 4,
    ...count(4, 40, 0, { hit_count: 3, no_tier_count: 3 }),
  });
  expect(describeRequest(ended, progress, view).warnings).toMatchObject([{ code: "no_tier", count: 3 }]);
});
