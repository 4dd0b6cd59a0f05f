import { UNITS } from "../../../domain/cost/work-time.ts";
import { estimate } from "../../../tools/bench/scaling.ts";
import { figures, millionTasks } from "../../../tools/release/cost.ts";
import { stackTemplateSchema } from "../../../tools/release/stack-template.ts";

const template = stackTemplateSchema.parse({
  Parameters: {
    instanceTypes: { Default: "c7gn.medium,c7gn.large,c7gn.xlarge" },
    monitoring: { Default: "on", AllowedValues: ["on", "off"] },
  },
  Resources: {},
});
const { tasks, bytes, dollars } = millionTasks(template);
const line = (name: string) => dollars.lines.find((it) => it.line === name)?.dollars ?? 0;

describe("the price of a million tasks of 10 KB", () => {
  it("has three requests a task, and its bytes three times: the check of a small object is whole", () => {
    expect({ tasks, bytes: bytes.estimate }).toEqual({ tasks: 1e6, bytes: 1e10 });
    expect(line("cloudfront_requests")).toBeCloseTo(3e6 * 1e-6 + 5_000 * 1e-6, 5);
    expect(line("cloudfront_bytes")).toBeCloseTo(3 * 10 * 0.085, 5);
  });

  it("is the same on the page about scaling", () => {
    const { bill } = estimate(1e6, 1e4, UNITS);
    expect(bill.edgeBytes).toBeCloseTo(line("cloudfront_bytes"), 5);
    expect(bill.edgeRequests).toBeCloseTo(line("cloudfront_requests"), 5);
    expect(bill.sqs + bill.table + bill.counters + bill.lambda).toBeCloseTo(line("pipeline"), 4);
  });

  it("is what the documents state", () => {
    const { million, millionAtTheEdge, millionAtMost } = figures(template);
    expect(million).toBe(dollars.total.toFixed(2));
    expect(millionAtTheEdge).toBe((line("cloudfront_bytes") + line("cloudfront_requests")).toFixed(2));
    expect(Number(millionAtMost)).toBeGreaterThan(dollars.total);
    // 40,000 tasks of 50 KB are six GB: two downloads, and a check that reads each again.
    const [, site] = figures(template).site;
    expect(Number(site)).toBeCloseTo(
      0.04 * Number(figures(template).withoutBytes.usa) + 6 * figures(template).gigabyte.usa,
      1,
    );
  });
});
