// What a stack makes of the settings that CloudFront's API tells: estimates, and how often the origin of the edge was asked.
import { type Behaviour, CACHING_DISABLED } from "../../../tools/edge/behaviour.ts";
import { world } from "../../../tools/local/world.ts";
import type { DistributionKind } from "../../../tools/memory-aws/distribution-kinds.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { addObjects } from "../../e2e/edge-control.ts";
import { DUBLIN, FRANKFURT, TOKYO } from "../../e2e/recs.ts";
import { pipelineStack } from "./stack.ts";

const POPS = [...TOKYO, ...FRANKFURT, ...DUBLIN];

function stackWith(kind: DistributionKind, behaviours: readonly Behaviour[] = []) {
  return pipelineStack({ edge: { ...world, distribution: kind, behaviours } });
}

describe.each<[kind: DistributionKind, edge: readonly Behaviour[], where: object, fetches: number]>([
  ["origin-shield", [{ originShield: "eu-central-1" }], { pops: POPS }, 5],
  // Two downloads and two checks of four objects at each POP; one object at three RECs.
  ["uncached", [{ path: "/patch/*", ...CACHING_DISABLED }], { pops: POPS }, 4 * 4 * POPS.length + 3],
  // Those of the three RECs of the United States are left.
  ["price-class", [], { pops: undefined, regions: ["us", "apac"] }, 5 * 3],
])("a distribution of the kind %s", (kind, behaviours, where, fetches) => {
  const stack = stackWith(kind, behaviours);

  it("is asked for as often as its estimate says", async () => {
    // Checks of the larger ones ask for one byte.
    const paths = addObjects(stack, "patch", 4, (i) => 1_000 + 99_000 * (i % 2));
    const request = body({ url_list: urls(...paths, "/index.html"), timeout: 60, ...where });
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
