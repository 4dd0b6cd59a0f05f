import { describe, expect, it } from "vitest";
import { commonestOf, FailureTally, failureTallySchema } from "../../../domain/result/failure-tally.ts";

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

  it("is unchanged after the tally was saved and restored", () => {
    const [one, other] = [new FailureTally(), new FailureTally()];
    one.add(failed("tls", "first"));
    other.add(failed("redirect", "gone"));
    other.restore(failureTallySchema.parse(JSON.parse(JSON.stringify(one.saved()))));
    other.add(failed("tls", "second"));
    expect(commonestOf(other.groups())).toBe("2 by tls, such as first for https://a.example/ at SIN2-P1");
    expect(commonestOf(one.groups())).toMatch(/^1 by tls/);
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
