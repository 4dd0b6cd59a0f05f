// Provides the deployed stack that an end-to-end test asks: real parts on this machine, up in seconds.
import { startLocalPrewarm } from "../../tools/local/local-prewarm.ts";
import { freePort } from "../../tools/local/ports.ts";
import type { StandInOptions } from "../../tools/local/stand-in-edge.ts";
import { world } from "../../tools/local/world.ts";
import { launchPublished } from "./launch-by-url.ts";
import { startMetadataService } from "./metadata-service.ts";
import { resetStack } from "./reset-stack.ts";
import { Stack } from "./stack.ts";

interface StackOptions {
  /** @default that of the demo */
  readonly edge?: StandInOptions;
  readonly parameters?: Readonly<Record<string, string>>;
  /** `cdk`: bootstrap and deploy, where a test goes on with cdk. @default URL: by its template's, which is faster */
  readonly launchedBy?: "cdk" | "URL";
}

/**
 * Registers one deployed stack for all tests of a file, and brings it to rest after each, so that no test sees what
 * another did. Returns what gives the stack to a test.
 */
export function deployedStack(options: StackOptions = {}): () => Stack {
  const running = deployedStackWithoutRest(options);
  afterEach(() => resetStack(running()));
  return running;
}

/** The same for tests that run at once: each has a stack of its own, and brings that to rest itself. */
export function deployedStackWithoutRest(options: StackOptions = {}): () => Stack {
  let stack: Stack | undefined;
  beforeAll(async () => {
    // Two stacks start at once on one machine. What went wrong is said.
    stack = await startStack(options).catch((error: unknown) => {
      console.error("a stack did not come up, it is started once more:", error);
      return startStack(options);
    });
  });
  afterAll(async () => {
    await stack?.prewarm.close();
    stack?.metadata.close();
  });
  return () => {
    if (stack === undefined) throw new Error("the stack is not up");
    return stack;
  };
}

async function startStack({ edge = world, parameters = {}, launchedBy = "URL" }: StackOptions) {
  const metadata = await startMetadataService();
  // A request that stands still is seen after 20 s instead of 15 minutes, an answer that does not begin after 30 instead of 120.
  // What a POP answered with an error is asked for again after one second instead of 11.
  const patience = {
    PREWARM_STALL_SECONDS: "20",
    PREWARM_FIRST_BYTE_SECONDS: "30",
    PREWARM_KEPT_ERROR_SECONDS: "1",
  };
  const env = { ...patience, AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url };
  try {
    const launch = launchedBy === "URL" ? { launch: launchPublished } : {};
    const options = { edge, env, port: await freePort(), parameters, say: () => undefined, ...launch };
    return new Stack(await startLocalPrewarm(options), metadata);
  } catch (error) {
    metadata.close();
    throw error;
  }
}
