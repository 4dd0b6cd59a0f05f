import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { startLocalPrewarm } from "../../local/local-prewarm.ts";
import { world } from "../../local/world.ts";
import { deploying } from "./deploying.ts";
import { refusals } from "./refusals.ts";
import { Stack } from "./stack.ts";
import { stopping } from "./stopping.ts";
import { surviving } from "./surviving.ts";
import { warming } from "./warming.ts";

// One deployed stack for all of it: the parts are real, and take seconds to start.
let stack: Stack | undefined;

function running(): Stack {
  if (stack === undefined) throw new Error("the stack is not up");
  return stack;
}

beforeAll(async () => {
  // A stalled request is seen after five seconds instead of twenty.
  const env = { PREWARM_STALL_SECONDS: "5" };
  stack = new Stack(await startLocalPrewarm({ edge: world, env, say: () => undefined }));
}, 300_000);

afterEach(() => stack?.setFaults(undefined));

afterAll(async () => {
  await stack?.prewarm.close();
}, 120_000);

describe("what is refused", () => refusals(running));
describe("deploying", () => deploying(running));
describe("warming", () => warming(running));
describe("surviving", () => surviving(running));
describe("stopping", () => stopping(running));
