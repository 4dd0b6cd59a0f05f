// The agent's main file, with AWS and the metadata service in a server of this process: what ends the agent.
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { addressOf } from "../../tools/local/ports.ts";
import { recordingAws } from "../lambdas/fakes/named-environment.ts";
import { useVirtualClock } from "../virtual-clock.ts";

useVirtualClock({ idleMs: 2 });

const argv = process.argv;
const SIGNALS = ["SIGTERM", "SIGINT", "disconnect"] as const;
/** What the metadata service answers about Spot, one poll after the other. */
let spotNotices: (string | undefined)[];
let received: Set<string>;
let server: Server;

beforeEach(async () => {
  [spotNotices, received] = [[], new Set()];
  server = createServer(async (request, response) => {
    const target = String(request.headers["x-amz-target"] ?? "");
    const body = await text(request);
    if (target.endsWith(".ReceiveMessage")) {
      received.add(JSON.parse(body).QueueUrl);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    const notice = request.url?.endsWith("/instance-action") === true ? spotNotices.shift() : "{}";
    response.writeHead(notice === undefined ? 404 : 200, { "content-type": "application/x-amz-json-1.0" }).end(notice);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { env, close } = await recordingAws();
  close();
  const url = `http://127.0.0.1:${addressOf(server).port}`;
  const here = { AWS_ENDPOINT_URL: url, AWS_EC2_METADATA_SERVICE_ENDPOINT: url, PREWARM_WORKERS: "1" };
  for (const [name, value] of Object.entries({ ...env, ...here })) vi.stubEnv(name, value);
  const before = SIGNALS.map((name) => process.listeners(name as "SIGTERM"));
  onTestFinished(() => {
    for (const [n, name] of SIGNALS.entries())
      for (const listener of process.listeners(name as "SIGTERM"))
        if (before[n]?.includes(listener) !== true) process.off(name, listener);
    process.argv = argv;
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    vi.resetModules();
    server.closeAllConnections();
    server.close();
  });
});

/** Runs the agent until it ends. @param once what happens when it has asked both queues. @returns the exit codes */
async function run(once: () => void, ...words: readonly string[]): Promise<unknown[]> {
  const exits: unknown[] = [];
  vi.spyOn(process, "exit").mockImplementation(((code: unknown) => void exits.push(code)) as never);
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  process.argv = ["node", "/opt/agent.mjs", ...words];
  const ended = import("../../agent/main.ts");
  await vi.waitUntil(() => received.size === 2, { timeout: 10_000 });
  once();
  await ended;
  return exits;
}

test.each(["SIGTERM", "SIGINT"] as const)("asks both queues until %s, and ends with 0", async (signal) => {
  expect(await run(() => process.emit(signal))).toEqual([0]);
  expect(received).toEqual(new Set([process.env["QUEUE_URL"], process.env["EXPRESS_QUEUE_URL"]]));
});

test("ends on a Spot notice, though the metadata service answered nonsense before", async () => {
  // The metadata service names the instance.
  vi.stubEnv("PREWARM_INSTANCE_ID", undefined);
  spotNotices = ["no notice", undefined, '{"action":"terminate"}'];
  expect(await run(() => undefined)).toEqual([0]);
  expect(spotNotices).toEqual([]);
});

test("a sibling ends when the first process has ended, and looks for no Spot notice", async () => {
  spotNotices = ['{"action":"terminate"}'];
  expect(await run(() => Reflect.apply(process.emit, process, ["disconnect"]), "sibling")).toEqual([0]);
  expect(spotNotices).toHaveLength(1);
});
