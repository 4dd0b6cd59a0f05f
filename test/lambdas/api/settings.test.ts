import { expect, it } from "vitest";
import { CAPS } from "../../../domain/request/caps.ts";
import { STAMP, world } from "./world.ts";

it("GET /settings: the deployment, and each cap with the parameter that sets it", async () => {
  const { call } = world(undefined, [], { maxInstances: 7 }, "E1,E2");
  const { status, body } = await call("GET /settings");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    timestamp: STAMP,
    env_name: "blue",
    region: "eu-west-1",
    version: "1.2.3",
    private: false,
    distributions: { parameter: "distributions", allowed: ["E1", "E2"] },
    source_buckets: { parameter: "sourceBuckets", allowed: ["media", "docs/site/*"] },
    instances: { types: ["c7gn.large"], estimate: { type: "c7gn.large", vcpus: 2, prices_as_of: "2026-11" } },
  });
  const caps = body["caps"] as { parameter: string }[];
  expect(caps.map(({ parameter }) => parameter)).toEqual(Object.keys(CAPS));
  expect(caps[0]).toEqual({
    parameter: "maxInstances",
    value: 7,
    unit: "instances",
    bounds: CAPS.maxInstances.description,
  });
});
