// What a dry run estimates, beside what the same request then comes to.
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects, originRequests } from "../../e2e/edge-control.ts";
import { DEVICES, DUBLIN, uncollapsed } from "../../e2e/recs.ts";
import { pipelineStack } from "./stack.ts";

const stack = pipelineStack({ edge: uncollapsed });

it("a dry run of objects in two variants, whose sizes rise along the list, tells the fetches, and the bytes but for a tenth", async () => {
  const paths = addObjects(stack, "rising", 150, (i) => 500 * (i + 1));
  const request = body({ url_list: urls(...paths), pops: [...DUBLIN, "KIX50-C1"], variants: DEVICES });
  const { bytes, origin_fetches, tasks } = await stack.estimated(request);
  expect(bytes).toMatchObject({ sampled: 100, unknown: 0, unreadable: 0 });
  const { total_count, failed_count, download_size } = await stack.warm(request);
  expect([total_count, failed_count]).toEqual([tasks, 0]);
  expect(originRequests(stack, "rising").downloads).toHaveLength(origin_fetches.expected ?? Number.NaN);
  const size = Number(download_size);
  expect([(bytes.low ?? Number.NaN) <= size, size <= (bytes.high ?? Number.NaN)]).toEqual([true, true]);
  expect(Math.abs((bytes.estimate ?? 0) - size) / size).toBeLessThan(0.1);
});
