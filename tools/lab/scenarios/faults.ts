import { firstPops } from "../../local/world.ts";
import {
  allTasksEnd,
  allTasksEndWell,
  endsAs,
  faultsHappened,
  noDeadLetters,
  nothingLeft,
  repeatsAreExplained,
} from "../check/tasks.ts";
import { inOrder, type Scenario, together } from "../engine/scenario.ts";
import { ended, request, start, stop, until } from "../load/requests.ts";
import { killAgents, pauseFleet } from "../nemesis/agents.ts";
import { blackouts, type CallRule, deliverTwice, failCalls } from "../nemesis/calls.ts";
import { failDownloads } from "../nemesis/downloads.ts";
import { filesOf, type WorldOptions } from "../world/world.ts";

const faultyWorld = (pops: number): WorldOptions => ({
  edge: { pops: firstPops(pops) },
  proxied: "all",
  links: true,
  env: { PREWARM_KEPT_ERROR_SECONDS: "1" },
});

const SERVICES = ["dynamodb", "sqs", "s3", "autoscaling", "scheduler", "cloudfront"];

const CALL_RULES: readonly CallRule[] = [
  // The sum of a batch is written, and then the function fails: the whole batch comes again.
  { kind: "refuse-after", service: "dynamodb", operations: ["TransactWriteItems"], share: 0.1 },
  ...SERVICES.flatMap((service): CallRule[] => [
    { kind: "fail", service, share: 0.03 },
    { kind: "lose-answer", service, share: 0.01 },
    { kind: "delay", service, share: 0.01 },
  ]),
];

const FAULTY = { status: 0.02, slow: 0.05, truncate: 0.01, reset: 0.01, lie: 0.005, otherPop: 0.005, stall: 0.0005 };

const SOME_FAULTS = ["agent: killed", "call: fail", "message: delivered twice", "download: status"];
/** Whole, it has so many tasks and calls that each kind must happen; of stalls it has two or three, or by chance none. */
const ALL_FAULTS = [
  ...SOME_FAULTS,
  ...["refuse-after", "lose-answer", "delay"].map((kind) => `call: ${kind}`),
  ...["truncate", "reset", "lie", "otherPop", "slow"].map((kind) => `download: ${kind}`),
  ...["sqs", "dynamodb"].map((service) => `blackout: ${service}`),
];

/** All faults at once. */
export const faults: Scenario = {
  name: "faults",
  description: "A request is warmed while agents are killed, messages come twice, and calls of AWS and downloads fail.",
  parts: (scale) => {
    const body = { verify: "off", instance_count: scale.of(3, 2) };
    return {
      world: faultyWorld(scale.of(20, 10)),
      // Downloads are counted: a check would be one more.
      load: [request({ name: "all", files: filesOf("objects", scale.of(250, 20), 1_000), body })],
      nemesis: [
        failCalls(CALL_RULES),
        deliverTwice(0.1),
        failDownloads(FAULTY),
        killAgents(scale.of(15, 2)),
        blackouts(["sqs", "dynamodb"], scale.of(5, 2)),
      ],
      checks: [...allTasksEnd("all"), nothingLeft, faultsHappened(...(scale.value < 1 ? SOME_FAULTS : ALL_FAULTS))],
    };
  },
};

const INSTANCES = 3;
/** More than what files may have that share a message. */
const LONG_BYTES = 17_000_000;
const LONG_SECONDS = 25;

const REPEATABLE = ["DeleteMessageBatch", "ChangeMessageVisibilityBatch"];
const FEW_CALL_RULES: readonly CallRule[] = [
  { kind: "refuse-after", service: "dynamodb", operations: ["TransactWriteItems"], share: 0.1 },
  { kind: "lose-answer", service: "sqs", operations: REPEATABLE, share: 0.02 },
  ...["dynamodb", "sqs", "autoscaling"].map((service): CallRule => ({ kind: "fail", service, share: 0.01 })),
  ...["dynamodb", "sqs", "s3"].map((service): CallRule => ({ kind: "delay", service, share: 0.02 })),
];

/** What makes a message come twice without need is left out: each download that is repeated must have been a killed agent's. */
export const longFaults: Scenario = {
  name: "long-faults",
  description:
    "Agents are killed, all instances go and come back, and a second request is stopped, while some downloads last 25 s.",
  parts: (scale) => {
    const short = filesOf("objects", scale.of(100, 10), 1_000);
    const slow = { bytesPerSecond: LONG_BYTES / LONG_SECONDS, body: { verify: "off", instance_count: INSTANCES } };
    return {
      world: faultyWorld(10),
      load: [
        start({ name: "first", files: { ...short, ...filesOf("long", 3, LONG_BYTES) }, ...slow }),
        together(
          ended("first"),
          inOrder(
            start({ name: "second", files: filesOf("second", 3, LONG_BYTES), ...slow }),
            until("second", ({ progress }) => progress.download_count > 0),
            stop("second", INSTANCES),
          ),
        ),
      ],
      nemesis: [failCalls(FEW_CALL_RULES), killAgents(4), pauseFleet({ seconds: 20, instances: INSTANCES })],
      checks: [
        ...allTasksEndWell("first"),
        repeatsAreExplained("first"),
        endsAs("second", "STOPPED"),
        nothingLeft,
        noDeadLetters,
        faultsHappened("agent: killed", "fleet: paused", "call: refuse-after"),
      ],
    };
  },
};
