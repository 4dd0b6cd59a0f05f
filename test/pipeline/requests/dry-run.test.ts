// What a dry run estimates, beside what the same request then comes to.
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects, originRequests } from "../../e2e/edge-control.ts";
import { DEVICES, DUBLIN, uncollapsed } from "../../e2e/recs.ts";
import { pipelineStack } from "./stack.ts";

describe("a dry run", () => {
  const stack = pipelineStack({ edge: uncollapsed });

  it("of objects in two variants, whose sizes rise along the list, tells the fetches, and the bytes but for a tenth", async () => {
    const paths = addObjects(stack, "rising", 150, (i) => 500 * (i + 1));
    const request = body({ url_list: urls(...paths), pops: [...DUBLIN, "KIX50-C1"], variants: DEVICES });
    const { bytes, origin_fetches, tasks } = await stack.estimated(request);
    expect(bytes).toMatchObject({ sampled: 100, unknown: 0, unreadable: 0 });
    const { total_count, failed_count, download_size } = await stack.warm(request);
    expect([total_count, failed_count]).toEqual([tasks, 0]);
    expect(originRequests(stack, "rising").downloads).toHaveLength(origin_fetches.expected ?? Number.NaN);
    const size = Number(download_size);
    expect(Math.abs((bytes.estimate ?? 0) - size) / size).toBeLessThan(0.1);
  });
});

describe("daily limits of two objects at one POP, which a request transfers", () => {
  const limited = pipelineStack({ edge: uncollapsed, parameters: { maxDailyTasks: "5", maxDailyBytes: "13000" } });
  const sizes = { small: 500, large: 2_000 };
  const requestOf = (name: keyof typeof sizes) =>
    body({ url_list: urls(...addObjects(limited, name, 2, () => sizes[name])), pops: ["KIX50-C1"] });

  it("admit what fits, by what earlier requests transferred, and end what does not as FAILED before it downloads", async () => {
    const request = requestOf("small");
    const { total_count, transferred_bytes } = await limited.warm(request);
    const days = () => limited.pipeline.daysOfUse();
    expect(days()).toEqual([{ total_count, transferred_bytes }]);
    const large = requestOf("large");
    const { json } = await limited.post("prewarm", { ...large, dry_run: true });
    expect(json["warnings"]).toContainEqual(expect.stringMatching(/as FAILED: transferred_bytes of .* maxDailyBytes/));
    const failed = await limited.until(await limited.start(large), "FAILED");
    expect(failed["reason"]).toMatch(
      /^transferred_bytes of .* exceed this deployment's limit of 13000 \(stack parameter maxDailyBytes\); the next day /,
    );
    expect(originRequests(limited, "large").downloads).toEqual([]);
    expect(days()).toEqual([{ total_count, transferred_bytes }]);
  });

  it("refuse a request whose tasks exceed the rest of the day, and make nothing", async () => {
    await limited.warm(requestOf("small"));
    const before = await limited.inventory();
    const { status, json } = await limited.post("prewarm", requestOf("small"));
    expect([status, json["error_message"]]).toEqual([
      429,
      expect.stringMatching(/^total_count of .*: 6 tasks exceed .* of 5 \(stack parameter maxDailyTasks\)/),
    ]);
    expect(await limited.inventory()).toEqual(before);
  });
});
