import { describe, expect, it } from "vitest";
import { FailureTally, failureTallySchema } from "../../../domain/result/failure-tally.ts";

const failed = (reason: string | undefined, error: string, more: object = {}) => ({
  ...{ pop: "SIN2-P1", url: "https://a.example/", reason, error },
  ...more,
});

describe("the commonest failure", () => {
  it("is that of most tasks, told with the first of them", () => {
    const tally = new FailureTally();
    expect(tally.commonest()).toBeUndefined();
    tally.add(failed("tls", "CERT_HAS_EXPIRED"));
    tally.add(failed("http_4xx", "HTTP 403", { variant: "br", pop: "FRA56-P4" }));
    tally.add(failed("http_4xx", "HTTP 404"));
    expect(tally.commonest()).toBe("2 by http_4xx, such as HTTP 403 for https://a.example/ (br) at FRA56-P4");
    tally.add(failed("lost", "lost"), 3);
    expect(tally.commonest()).toBe("3 by lost, such as lost for https://a.example/ at SIN2-P1");
  });

  it("of results of an older agent, or of a newer one, is other", () => {
    const tally = new FailureTally();
    tally.add(failed(undefined, "reset"));
    tally.add(failed("too_warm", "melted"));
    expect(tally.commonest()).toMatch(/^2 by other, such as reset /);
  });

  it("is told in few words, whatever the URL", () => {
    const tally = new FailureTally();
    tally.add(failed("tls", "no", { url: `https://a.example/${"x".repeat(8_000)}` }));
    expect(tally.commonest()?.length).toBeLessThan(350);
  });

  it("is the same after it was kept and gone on from", () => {
    const [one, other] = [new FailureTally(), new FailureTally()];
    one.add(failed("tls", "first"));
    other.add(failed("redirect", "gone"), 9);
    other.restore(failureTallySchema.parse(JSON.parse(JSON.stringify(one.saved()))));
    other.add(failed("tls", "second"));
    expect(other.commonest()).toBe("2 by tls, such as first for https://a.example/ at SIN2-P1");
    expect(one.commonest()).toMatch(/^1 by tls/);
  });
});
