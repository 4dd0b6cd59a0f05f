import type { LabOptions } from "./lab-options.ts";

type Scenario = Omit<LabOptions, "seed" | "say">;

/**
 * All faults at once: killed agents, messages twice, functions that fail after a write, faults of AWS and of the edge.
 */
const everything: Pick<Scenario, "rules" | "edge"> = {
  rules: [
    { kind: "deliver-twice", service: "sqs", share: 0.1 },
    // The sum of a batch is written, and then the function fails: the whole batch comes again.
    { kind: "refuse-after", service: "dynamodb", operations: ["TransactWriteItems"], share: 0.1 },
    ...["dynamodb", "sqs", "s3", "autoscaling", "scheduler", "cloudfront"].flatMap((service) => [
      { kind: "fail" as const, service, share: 0.03 },
      { kind: "lose-answer" as const, service, share: 0.01 },
      { kind: "delay" as const, service, share: 0.01, ms: 1_000 },
    ]),
  ],
  edge: { status: 0.02, truncate: 0.01, reset: 0.01, lie: 0.005, otherPop: 0.005, slow: 0.05, stall: 0.0005 },
};

/** What `npm run lab faults` runs. */
export const full: Scenario = {
  ...everything,
  urls: 250,
  pops: 20,
  instances: 3,
  kills: 15,
  patienceMs: 900_000,
  blackouts: [
    { service: "sqs", seconds: 5 },
    { service: "dynamodb", seconds: 5 },
  ],
};

/** What is part of `npm run test:rest`. */
export const short: Scenario = {
  ...everything,
  urls: 60,
  pops: 10,
  instances: 2,
  kills: 4,
  patienceMs: 110_000,
  blackouts: [{ service: "sqs", seconds: 2 }],
};

/**
 * Long downloads among short ones. What makes a message come twice without need is left out: each download that is repeated
 * must have been a killed agent's.
 */
export const long: Scenario = {
  rules: [
    { kind: "refuse-after", service: "dynamodb", operations: ["TransactWriteItems"], share: 0.1 },
    {
      kind: "lose-answer",
      service: "sqs",
      operations: ["DeleteMessageBatch", "ChangeMessageVisibilityBatch"],
      share: 0.02,
    },
    ...["dynamodb", "sqs", "autoscaling"].map((service) => ({ kind: "fail" as const, service, share: 0.01 })),
    ...["dynamodb", "sqs", "s3"].map((service) => ({ kind: "delay" as const, service, share: 0.02, ms: 1_000 })),
  ],
  edge: {},
  blackouts: [],
  urls: 100,
  pops: 10,
  instances: 3,
  kills: 4,
  long: { urls: 3, seconds: 25 },
  stopped: 3,
  pauseSeconds: 20,
  patienceMs: 900_000,
};
