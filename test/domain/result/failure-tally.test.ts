import fc from "fast-check";
import { type FailureGroup, groupFromRow, groupToRow, mostFirst } from "../../../domain/result/failure-groups.ts";
import {
  commonestOf,
  FailureTally,
  failureGroupsOf,
  failureTallySchema,
} from "../../../domain/result/failure-tally.ts";
import { times } from "../../collect.ts";

const failed = (reason: string | undefined, error: string, more: object = {}) => ({
  pop: "SIN2-P1",
  url: "https://a.example/",
  reason,
  error,
  ...more,
});

it("the commonest failure is that of most tasks, with the first of them as an example, and short", () => {
  const tally = new FailureTally();
  expect(commonestOf(tally.groups())).toBeUndefined();
  tally.add(failed("tls", "CERT_HAS_EXPIRED"));
  expect(commonestOf(tally.groups())).toBe(
    "tls (1 of them), such as CERT_HAS_EXPIRED for https://a.example/ at SIN2-P1",
  );
  tally.add(failed("http_4xx", "HTTP 403", { variant: "br", pop: "FRA56-P4" }));
  tally.add(failed("http_4xx", "HTTP 404"));
  expect(commonestOf(tally.groups())).toBe(
    "http_4xx (2 of them), such as HTTP 403 for https://a.example/ (br) at FRA56-P4",
  );
  const url = `https://a.example/${"x".repeat(8_000)}`;
  for (let i = 0; i < 3; i++) tally.add(failed("lost", "lost", { url }));
  expect(commonestOf(tally.groups())).toMatch(/^lost \(3 of them\), such as lost for .{200,320}…$/);
});

it("counts tasks, and different URLs and POPs, of each subject and reason, with three examples, however often it is saved", () => {
  const urls = ["a", "b", "c"].map((host) => ({ url: `https://${host}.example/` }));
  const pops = ["SIN2-P1", "FRA56-P4"].map((pop) => ({ pop }));
  const where = {
    url: fc.constantFrom(...urls.map(({ url }) => url)),
    pop: fc.constantFrom(...pops.map(({ pop }) => pop)),
  };
  const failures = fc.record(
    {
      ...where,
      variant: fc.constantFrom("br", "gzip"),
      // Unknown, or not stored: other.
      reason: fc.constantFrom("tls", "http_4xx", "too_warm"),
      error: fc.string(),
      http_status: fc.constantFrom(403, 404),
    },
    { requiredKeys: ["error"] },
  );
  const any = fc.tuple(
    failures.filter(({ url, pop }) => url !== undefined || pop !== undefined),
    fc.boolean(),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 30 }), (all) => {
      let tally = new FailureTally(urls, pops);
      const expected = new Map<string, { tasks: number; urls: Set<string>; pops: Set<string>; examples: object[] }>();
      for (const [failure, isSaved] of all) {
        if (isSaved) {
          const saved = failureTallySchema.parse(JSON.parse(JSON.stringify(tally.saved())));
          tally = new FailureTally(urls, pops);
          tally.restore(saved);
        }
        tally.add(failure);
        const { url, pop, reason, ...rest } = failure;
        const subject = url === undefined ? "pop" : pop === undefined ? "url" : "task";
        const key = `${subject} ${reason === undefined || reason === "too_warm" ? "other" : reason}`;
        const group = expected.get(key) ?? { tasks: 0, urls: new Set(), pops: new Set(), examples: [] };
        expected.set(key, group);
        const before = group.urls.size + group.pops.size;
        if (url !== undefined) group.urls.add(url);
        if (pop !== undefined) group.pops.add(pop);
        if (subject === "task") group.tasks++;
        const isNew = subject === "task" || group.urls.size + group.pops.size > before;
        if (isNew && group.examples.length < 3) group.examples.push({ url, pop, ...rest });
      }
      const shown = (groups: FailureGroup[]) =>
        new Map(groups.map(({ subject, code, ...group }) => [`${subject} ${code}`, group]));
      const counts = [...expected].map(([key, { tasks, urls, pops, examples }]) => {
        return [key, { tasks, urls: urls.size, pops: pops.size, examples }] as const;
      });
      expect(shown(tally.groups())).toEqual(new Map(counts));
      expect(shown(failureGroupsOf(all.map(([failure]) => failure)))).toEqual(new Map(counts));
    }),
  );
});

it("the groups of input failures have three examples at most, of 300 characters", () => {
  const urls = times(60_000, (n) => ({
    url: `https://a.example/${n}`,
    error: "x".repeat(9_000),
  }));
  const [group] = failureGroupsOf(urls);
  expect(group).toMatchObject({ urls: 60_000 });
  expect(group?.examples).toHaveLength(3);
  expect(group?.examples[0]?.error).toHaveLength(300);
});

const group = (change: Partial<FailureGroup> = {}): FailureGroup => ({
  code: "http_4xx",
  subject: "task",
  tasks: 3,
  pops: 2,
  urls: 1,
  examples: [{ url: "https://a.example/,", variant: "br", pop: "SIN2-P1", error: 'HTTP 403: "no"', http_status: 403 }],
  ...change,
});
const written = (it: FailureGroup) => groupToRow(it).map((value) => String(value ?? ""));

it.each([
  group(),
  group({ urls: null, examples: [] }),
  group({ subject: "url", tasks: 0, pops: 0, examples: [{ url: "https://a.example/", error: "HTTP 404" }] }),
  group({ subject: "pop", tasks: 0, urls: 0, examples: [{ pop: "ICN51-C1", error: "ENOTFOUND" }] }),
])("a group comes back as it went: %j", (it) => expect(groupFromRow(written(it))).toEqual(it));

it("a code that only a newer version knows is read as other", () =>
  expect(groupFromRow(["too_warm", "1", "1", "1", "[]", "task"])).toMatchObject({ code: "other", subject: "task" }));

it("those of most tasks come first, then URLs that could not be read, then POPs that did not resolve", () => {
  const [a, b] = [group({ code: "tls" }), group({ tasks: 9 })];
  const url = group({ subject: "url", tasks: 0, pops: 0, urls: 2 });
  const pop = group({ subject: "pop", tasks: 0, pops: 5, urls: 0 });
  expect(mostFirst([pop, a, url, b])).toEqual([b, a, url, pop]);
});
