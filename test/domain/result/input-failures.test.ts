import { describe, expect, it } from "vitest";
import { failureGroupsOf } from "../../../domain/result/failure-tally.ts";

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
