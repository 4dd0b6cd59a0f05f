// What a stack makes of the settings that CloudFront's API tells: estimates, and how often the origin of the edge was asked.
import { world } from "../../../tools/local/world.ts";
import type { DistributionKind } from "../../../tools/memory-aws/distribution-kinds.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects } from "../../e2e/edge-control.ts";
import { DUBLIN, FRANKFURT, TOKYO } from "../../e2e/recs.ts";
import { pipelineStack } from "./stack.ts";

const POPS = [...TOKYO, ...FRANKFURT, ...DUBLIN];

const stackWith = (kind: DistributionKind) => pipelineStack({ edge: { ...world, distribution: kind } });

/** Values of the cookie that is in the cache key, and what is not in it. */
const variants = ["basic", "pro"].map((plan) => ({ name: plan, header: [`Cookie: id=${plan.length}; plan=${plan}`] }));

describe.each<[kind: DistributionKind, changes: object, fetches: number]>([
  ["origin-shield", { pops: POPS }, 5],
  // Two downloads and a check of four objects at each POP; one object at three RECs.
  ["uncached", { pops: POPS }, 4 * 3 * POPS.length + 3],
  // Those of the three RECs of the United States are left.
  ["price-class", { pops: undefined, regions: ["us", "apac"] }, 5 * 3],
  // Of one object, two more URLs.
  ["query-strings", { pops: POPS, url_list: urls("/index.html", "/index.html?v=1", "/index.html?v=2") }, 3 * 3],
  ["cookies", { pops: POPS, variants }, 5 * 3 * 2],
])("a distribution of the kind %s", (kind, changes, fetches) => {
  const stack = stackWith(kind);

  it("is asked for as often as its estimate says", async () => {
    // Checks of the larger ones ask for one byte.
    const paths = addObjects(stack, "patch", 4, (i) => 1_000 + 99_000 * (i % 2));
    const request = body({ url_list: urls(...paths, "/index.html"), timeout: 60, ...changes });
    const { origin_fetches: expected } = await stack.estimated(request);
    const before = stack.standIn.edge.originRequests().length;
    await stack.warm(request);
    const asked = stack.standIn.edge.originRequests().length - before - expected.size_questions;
    expect([expected.expected, asked]).toEqual([fetches, fetches]);
  });
});

describe("a distribution that does not cache HTTP 503", () => {
  const stack = stackWith("error-ttl");

  it("is asked again before ten seconds have passed", async () => {
    const paths = addObjects(stack, "errors", 1);
    const asked: number[] = [];
    stack.setFaults(({ method }) => {
      if (method !== "GET") return undefined;
      asked.push(Date.now());
      return asked.length === 1 ? { kind: "status", status: 503 } : undefined;
    });
    await stack.warm(body({ url_list: urls(...paths), pops: DUBLIN }));
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThanOrEqual(1_000);
    expect(second - first).toBeLessThan(9_000);
  });
});
