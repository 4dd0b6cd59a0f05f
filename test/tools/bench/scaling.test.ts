import { secondsToWrite } from "../../../domain/cost/work-time.ts";
import { estimate } from "../../../tools/bench/scaling.ts";

const units = {
  agentCpuMicros: 100,
  fanOutTasksPerSecond: 100_000,
  aggregationCpuMicros: 10,
  getSizeUrlsPerSecond: 10_000,
  largeMBPerSecond: 1_600,
};

describe("a table that is new", () => {
  it.each([
    [4_000, 1],
    [7_200_000, 1_800],
    [7_200_000 + 8_000, 1_801],
    [24_000_000, 1_800 + 1_800 + 150],
  ])("takes %d writes in %d s", (writes, seconds) => {
    expect(secondsToWrite(writes)).toBeCloseTo(seconds, 6);
  });
});

describe("what a request takes", () => {
  it("is bound by an instance's 5 Gbit/s where objects are large", () => {
    // 625 MB/s of an instance: 3,200 s for 1 TB twice by one, and six do it in ten minutes.
    expect(estimate(1_000, 1e9, units)).toMatchObject({
      instances: 6,
      seconds: expect.closeTo(3_200 / 6, 3),
    });
  });

  it("has no more instances than fill the distribution's 150 Gbit/s", () => {
    const { instances, binds } = estimate(1e6, 1e9, units);
    expect(instances).toBe(30);
    expect(binds).toEqual({
      name: "CloudFront throughput per distribution (150 Gbit/s, adjustable)",
      used: expect.closeTo(1, 9),
    });
  });

  it("takes the bytes of two downloads, and of the check of a small object", () => {
    const small = estimate(1e6, 5e4, units).bill;
    const large = estimate(1e6, 1e6, units).bill;
    expect(small.edgeBytes).toBeCloseTo(3 * 50 * 0.085, 4);
    expect(large.edgeBytes).toBeCloseTo(2 * 1_000 * 0.085, 3);
    for (const { edgeRequests } of [small, large]) expect(edgeRequests).toBeCloseTo(3 + 0.005, 5);
  });

  it("costs a write a result, and a part of one for its counters", () => {
    const { bill } = estimate(1e6, 1e4, units);
    expect(bill.table).toBeGreaterThan(0.625);
    expect(bill.counters / 0.625).toBeLessThan(0.15);
  });
});
