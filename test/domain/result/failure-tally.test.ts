import { describe, expect, it } from "vitest";
import { type FailureGroup, groupFromRow, groupToRow, mostFirst } from "../../../domain/result/failure-groups.ts";
import {
  commonestOf,
  FailureTally,
  failureGroupsOf,
  failureTallySchema,
} from "../../../domain/result/failure-tally.ts";

const failed = (reason: string | undefined, error: string, more: object = {}) => ({
  pop: "SIN2-P1",
  url: "https://a.example/",
  reason,
  error,
  ...more,
});

describe("the commonest failure", () => {
  it("is that of most tasks, with the first of them as an example", () => {
    const tally = new FailureTally();
    expect(commonestOf(tally.groups())).toBeUndefined();
    tally.add(failed("tls", "CERT_HAS_EXPIRED"));
    tally.add(failed("http_4xx", "HTTP 403", { variant: "br", pop: "FRA56-P4" }));
    tally.add(failed("http_4xx", "HTTP 404"));
    expect(commonestOf(tally.groups())).toBe("2 by http_4xx, such as HTTP 403 for https://a.example/ (br) at FRA56-P4");
    for (let i = 0; i < 3; i++) tally.add(failed("lost", "lost"));
    expect(commonestOf(tally.groups())).toBe("3 by lost, such as lost for https://a.example/ at SIN2-P1");
  });

  it("of results of an older agent, or of a newer one, is other", () => {
    const tally = new FailureTally();
    tally.add(failed(undefined, "reset"));
    tally.add(failed("too_warm", "melted"));
    expect(commonestOf(tally.groups())).toMatch(/^2 by other, such as reset /);
  });

  it("is short, whatever the URL", () => {
    const tally = new FailureTally();
    tally.add(failed("tls", "no", { url: `https://a.example/${"x".repeat(8_000)}` }));
    expect(commonestOf(tally.groups())?.length).toBeLessThan(350);
  });
});

describe("the failures by reason", () => {
  const urls = [{ url: "https://a.example/" }, { url: "https://b.example/" }];
  const pops = [{ pop: "SIN2-P1" }, { pop: "FRA56-P4" }];

  it("count different POPs and URLs, whatever the variants, with three examples; those of most tasks first", () => {
    const tally = new FailureTally(urls, pops);
    tally.add(failed("tls", "CERT_HAS_EXPIRED"));
    for (const variant of ["br", "gzip"])
      for (const { url } of urls) tally.add(failed("http_4xx", "HTTP 403", { url, variant, http_status: 403 }));
    const [most, other] = tally.groups();
    expect(most).toMatchObject({ code: "http_4xx", tasks: 4, pops: 1, urls: 2 });
    expect(most?.examples).toHaveLength(3);
    expect(most?.examples[0]).toEqual({
      url: "https://a.example/",
      variant: "br",
      pop: "SIN2-P1",
      error: "HTTP 403",
      http_status: 403,
    });
    expect(other).toMatchObject({ code: "tls", tasks: 1, examples: [{ error: "CERT_HAS_EXPIRED" }] });
  });

  it("count a URL and a POP once if they were not in the constructor's lists", () => {
    const tally = new FailureTally();
    for (const variant of ["br", "gzip"]) tally.add(failed("tls", "x", { variant }));
    tally.add(failed("tls", "x", { url: "https://b.example/" }));
    expect(tally.groups()).toMatchObject([{ code: "tls", tasks: 3, pops: 1, urls: 2 }]);
  });

  it("keep their examples across two runs of a recount", () => {
    const [one, other] = [new FailureTally(urls, pops), new FailureTally(urls, pops)];
    for (const error of ["first", "second"]) one.add(failed("tls", error));
    other.restore(failureTallySchema.parse(JSON.parse(JSON.stringify(one.saved()))));
    for (const error of ["third", "fourth"]) other.add(failed("tls", error));
    expect(other.groups()[0]?.examples.map(({ error }) => error)).toEqual(["first", "second", "third"]);
    expect(one.groups()[0]?.examples.map(({ error }) => error)).toEqual(["first", "second"]);
  });

  it("are exact across two runs of a recount", () => {
    const [one, other] = [new FailureTally(urls, pops), new FailureTally(urls, pops)];
    one.add(failed("tls", "x", { url: "https://b.example/" }));
    other.restore(failureTallySchema.parse(JSON.parse(JSON.stringify(one.saved()))));
    other.add(failed("tls", "x", { url: "https://b.example/", pop: "FRA56-P4" }));
    expect(other.groups()).toMatchObject([{ code: "tls", tasks: 2, pops: 2, urls: 1 }]);
  });
});

const gone = (n: number, variant?: string) => ({
  url: `https://a.example/${n}`,
  error: "HTTP 404",
  reason: "http_4xx" as const,
  http_status: 404,
  ...(variant === undefined ? {} : { variant }),
});
const stranger = {
  url: "https://stranger.example/",
  error: "is no name of a distribution",
  reason: "no_distribution",
} as const;
const dead = (label: string) => ({
  pop: "ICN51-C1",
  error: `${label} does not exist`,
  reason: "name_not_found" as const,
});

describe("the groups of input failures", () => {
  it("have a subject and a reason each, and count URLs and POPs once", () => {
    const urls = [gone(1, "br"), gone(1, "gzip"), gone(2), stranger];
    const pops = [dead("d1"), dead("d2"), { pop: "ICN54-C2", error: "no answer", reason: "dns_unavailable" as const }];
    expect(failureGroupsOf([...urls, ...pops])).toEqual([
      {
        code: "http_4xx",
        subject: "url",
        tasks: 0,
        pops: 0,
        urls: 2,
        examples: [
          { url: "https://a.example/1", variant: "br", error: "HTTP 404", http_status: 404 },
          { url: "https://a.example/2", error: "HTTP 404", http_status: 404 },
        ],
      },
      {
        code: "no_distribution",
        subject: "url",
        tasks: 0,
        pops: 0,
        urls: 1,
        examples: [{ url: stranger.url, error: stranger.error }],
      },
      {
        code: "name_not_found",
        subject: "pop",
        tasks: 0,
        pops: 1,
        urls: 0,
        examples: [{ pop: "ICN51-C1", error: "d1 does not exist" }],
      },
      {
        code: "dns_unavailable",
        subject: "pop",
        tasks: 0,
        pops: 1,
        urls: 0,
        examples: [{ pop: "ICN54-C2", error: "no answer" }],
      },
    ]);
  });

  it("have three examples at most, of 300 characters", () => {
    const urls = Array.from({ length: 60_000 }, (_, n) => ({ ...gone(n), error: "x".repeat(9_000) }));
    const [group] = failureGroupsOf(urls);
    expect(group).toMatchObject({ urls: 60_000 });
    expect(group?.examples).toHaveLength(3);
    expect(group?.examples[0]?.error).toHaveLength(300);
  });
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
])("a group comes back as it went: %j", (it) => {
  expect(groupFromRow(written(it))).toEqual(it);
});

it("a code that only a newer version knows is read as other", () => {
  expect(groupFromRow(["too_warm", "1", "1", "1", "[]", "task"])).toMatchObject({ code: "other", subject: "task" });
});

it("those of most tasks come first, then URLs that could not be read, then POPs that did not resolve", () => {
  const [a, b] = [group({ code: "tls" }), group({ tasks: 9 })];
  const url = group({ subject: "url", tasks: 0, pops: 0, urls: 2 });
  const pop = group({ subject: "pop", tasks: 0, pops: 5, urls: 0 });
  expect(mostFirst([pop, a, url, b])).toEqual([b, a, url, pop]);
});
