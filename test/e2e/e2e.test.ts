import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { startLocalPrewarm } from "../../tools/local/local-prewarm.ts";
import { world } from "../../tools/local/world.ts";
import { launching } from "./launching.ts";
import { lifeCycle } from "./life-cycle.ts";
import { type MetadataService, startMetadataService } from "./metadata-service.ts";
import { refusals } from "./refusals.ts";
import { secrets } from "./secrets.ts";
import { Stack } from "./stack.ts";
import { stopping } from "./stopping.ts";
import { surviving } from "./surviving.ts";
import { warming } from "./warming.ts";
import { watching } from "./watching.ts";

// One deployed stack for all of it: the parts are real, and take seconds to start.
let stack: Stack | undefined;
let metadata: MetadataService | undefined;

function running(): Stack {
  if (stack === undefined) throw new Error("the stack is not up");
  return stack;
}

beforeAll(async () => {
  // A stalled request is seen after five seconds instead of twenty.
  metadata = await startMetadataService();
  const env = { PREWARM_STALL_SECONDS: "5", AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url };
  stack = new Stack(await startLocalPrewarm({ edge: world, env, say: () => undefined }), metadata);
}, 300_000);

afterEach(() => stack?.setFaults(undefined));

afterAll(async () => {
  await stack?.prewarm.close();
  metadata?.close();
}, 120_000);

describe("what is refused", () => refusals(running));
// Before the others: what they make functions fail at would keep alarms on.
describe("watching", () => watching(running));
describe("secrets", () => secrets(running));
describe("warming", () => warming(running));
describe("surviving", () => surviving(running));
describe("stopping", () => stopping(running));
describe("life cycle", () => lifeCycle(running));
// Last: each stack more makes the emulator look at more streams.
describe("launching", () => launching(running));
