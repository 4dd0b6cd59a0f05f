import { expect, it } from "vitest";
import { pipelineCosts } from "../../../domain/cost/bill.ts";
import { instanceKind } from "../../../domain/cost/prices.ts";
import { UNITS } from "../../../domain/cost/work-time.ts";

// Messages of 100 URLs.
const costs = pipelineCosts(
  {
    tasks: 1e6,
    pops: Array<string>(200).fill("IAD89-P1"),
    urlVariants: 5_000,
    bytesPerPop: 5e7,
    objectBytes: 1e4,
    requestsPerTask: 2,
    instances: 1,
    instanceHours: 1,
    kind: instanceKind(["c7gn.large"]),
    paths: 0,
    secure: 1,
  },
  UNITS,
);

it("a result is one write, one consistent read in pages, and a month of 800 bytes: 700 and DynamoDB's overhead", () => {
  const read = (700 / 4_096) * 0.125;
  const stored = 0.8 * 0.25;
  expect(costs.table).toBeCloseTo(0.625 + read + stored, 6);
});

it("a message is sent, received and deleted ten at a time, and a call is billed by 64 KiB", () => {
  // Ten messages of 100 URLs have 94,000 bytes: two calls to send them, two to receive them, one to delete them.
  expect(costs.sqs).toBeCloseTo((10_000 / 10) * 5 * 0.4e-6, 9);
});
