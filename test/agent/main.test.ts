// The agent's main file: which variable of the environment reaches which part, and what ends the process.
import { EventEmitter } from "node:events";
import type { HttpClientOptions } from "../../agent/fetch/http/pooled-client.ts";
import type { RetirementOptions } from "../../agent/instance/retirement.ts";
import type { AgentDeps } from "../../agent/receive/agent.ts";
import type { HeartbeatOptions } from "../../agent/report/heartbeats.ts";
import type { ProcessOptions } from "../../domain/origin/paced-calls.ts";
import { timingsOf } from "../../domain/request/lifecycle.ts";
import { type RecordingAws, recordingAws } from "../lambdas/fakes/named-environment.ts";

/** What each part was made with, and what was done to it, in order. */
const parts = vi.hoisted(() => ({
  made: new Map<string, readonly unknown[]>(),
  done: [] as string[],
  logged: [] as unknown[],
  serving: () => undefined as unknown,
  end: () => undefined as unknown,
  spotAction: async (): Promise<string | undefined> => undefined,
}));
const part = vi.hoisted(() => (name: string, methods: readonly string[]) => {
  return class {
    constructor(...args: readonly unknown[]) {
      parts.made.set(name, args);
      for (const method of methods)
        Object.assign(this, {
          [method]: (...given: readonly unknown[]) => void parts.done.push([name, method, ...given].join(" ")),
        });
    }
  };
});
vi.mock("../../agent/receive/agent.ts", () => ({
  Agent: class {
    constructor(...args: readonly unknown[]) {
      parts.made.set("Agent", args);
    }
    serve() {
      parts.serving();
      return new Promise<void>((resolve) => {
        parts.end = resolve;
      });
    }
    stop() {
      parts.done.push("Agent stop");
    }
  },
}));
vi.mock("../../agent/fetch/fetch-object.ts", () => ({
  createFetchObject: (_: unknown, ports: unknown) => void parts.made.set("createFetchObject", [ports]),
}));
vi.mock("../../agent/fetch/http/pooled-client.ts", () => ({ PooledHttpClient: part("PooledHttpClient", ["destroy"]) }));
vi.mock("../../agent/instance/retirement.ts", async (original) => ({
  ...(await original<typeof import("../../agent/instance/retirement.ts")>()),
  Retirement: part("Retirement", []),
}));
vi.mock("../../domain/origin/origin-limiter-registry.ts", () => ({
  OriginLimiterRegistry: part("OriginLimiterRegistry", []),
}));
vi.mock("../../agent/report/heartbeats.ts", () => ({ Heartbeats: part("Heartbeats", ["writtenAt"]) }));
vi.mock("../../agent/report/result-writer.ts", () => ({ ResultWriter: part("ResultWriter", ["giveUp"]) }));
vi.mock("../../agent/instance/siblings.ts", async (original) => ({
  ...(await original<typeof import("../../agent/instance/siblings.ts")>()),
  Siblings: part("Siblings", ["start", "stop", "ended"]),
  memoryShare: (processes: number) => processes * 1_000_003,
  memoryIsTight: (share: number) => share === 5 * 1_000_003,
}));
vi.mock("../../agent/instance/metadata.ts", async (original) => ({
  ...(await original<typeof import("../../agent/instance/metadata.ts")>()),
  InstanceMetadata: class {
    spotAction() {
      return parts.spotAction();
    }
  },
}));
vi.mock("../../agent/instance/log.ts", () => ({
  createLogger: () => ({
    info: (...given: readonly unknown[]) => void parts.logged.push(given),
    warn: (...given: readonly unknown[]) => void parts.logged.push(given),
  }),
}));
// The polling for a Spot notice does not wait between two polls.
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<typeof import("node:timers/promises")>()),
  async *setInterval(ms: number) {
    for (let i = 0; i < 3; i++) yield ms;
  },
}));

const STALL_SECONDS = 1_234;
const [argv, listeners] = [process.argv, new Map<string, readonly unknown[]>()];
let aws: RecordingAws;
let exits: unknown[];

beforeEach(async () => {
  aws = await recordingAws();
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
  vi.stubEnv("PREWARM_HTTPS_PORT", "8443");
  vi.stubEnv("PREWARM_HTTP_PORT", "8080");
  exits = [];
  vi.spyOn(process, "exit").mockImplementation(((code: unknown) => void exits.push(code)) as never);
  for (const name of ["SIGTERM", "SIGINT", "disconnect"]) listeners.set(name, process.listeners(name as "SIGTERM"));
  parts.made.clear();
  parts.done.length = 0;
  parts.spotAction = async () => undefined;
});
afterEach(() => {
  for (const [name, before] of listeners)
    for (const listener of process.listeners(name as "SIGTERM"))
      if (!before.includes(listener)) process.off(name, listener);
  process.argv = argv;
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.resetModules();
  aws.close();
});

/** Starts the agent. Resolves when it serves; its end is in `ended`. */
async function start(...words: readonly string[]): Promise<{ readonly ended: Promise<unknown> }> {
  process.argv = ["node", "/opt/agent.mjs", ...words];
  const serving = new Promise<void>((resolve) => {
    parts.serving = resolve;
  });
  const ended = import("../../agent/main.ts");
  await Promise.race([serving, ended]);
  return { ended };
}

function made<T>(name: string): T {
  const [options] = parts.made.get(name) ?? [];
  return options as T;
}

test("what the environment names is what each part asks", async () => {
  await start();
  const { queue, deadLetters, store } = made<AgentDeps>("Agent");
  const { requests, retire } = made<RetirementOptions>("Retirement");
  const { store: heartbeats } = made<HeartbeatOptions>("Heartbeats");
  const calls: [call: () => Promise<unknown>, ...names: string[]][] = [
    [() => queue.queues.main.receive(1, 1), "QUEUE_URL"],
    [() => queue.queues.express.receive(1, 1), "EXPRESS_QUEUE_URL"],
    [() => deadLetters.send("{}", "why"), "DEAD_LETTER_QUEUE_URL"],
    [() => store.findExisting([{ task_key: "k", pop_url: "p" }]), "REQUEST_TASK_TABLE"],
    [() => requests.listActive(), "REQUEST_TABLE"],
    [() => heartbeats.writeHeartbeat("r", {} as never, 1), "PROGRESS_TABLE"],
    [retire, "PREWARM_INSTANCE_ID"],
  ];
  for (const [call, ...names] of calls) expect(new Set(await aws.named(call))).toEqual(new Set(names));
  parts.end();
});

test("each setting of the environment reaches its part", async () => {
  await start();
  const timings = timingsOf(STALL_SECONDS);
  const instance = "the-prewarm-instance-id-x";
  expect(made<AgentDeps>("Agent")).toMatchObject({ visibilitySeconds: 67 });
  expect(made<AgentDeps>("Agent").isMemoryTight()).toBe(true);
  expect(made<HttpClientOptions>("PooledHttpClient")).toMatchObject({
    allowPrivateAddresses: true,
    firstByteMs: 59_000,
  });
  expect(made("createFetchObject")).toEqual({ httpsPort: 8_443, httpPort: 8_080 });
  expect(made<AgentDeps>("Agent")).toMatchObject({ instanceId: instance, errorCachingMs: 53_000 });
  expect(made<RetirementOptions>("Retirement")).toMatchObject({ retireMs: 61 * 60_000 });
  expect(made<HeartbeatOptions>("Heartbeats")).toMatchObject({
    instance,
    heartbeatIntervalMs: timings.heartbeatIntervalMs,
  });
  const origins = made<ProcessOptions>("OriginLimiterRegistry");
  expect(origins).toMatchObject({ heartbeatTimeoutMs: timings.heartbeatTimeoutMs });
  origins.heartbeatAt?.("r1");
  expect(parts.done).toContain("Heartbeats writtenAt r1");
  const err = new Error("the table fails");
  origins.onError?.(err, "r1");
  origins.onCut?.("www.example.com", 21);
  expect(parts.logged.slice(-2)).toEqual([
    [{ err, id: "r1" }, expect.stringContaining("sending fewer requests")],
    [{ host: "www.example.com", rate: 21 }, expect.stringContaining("backing off")],
  ]);
  expect(parts.made.get("Siblings")?.slice(0, 2)).toEqual([
    "/opt/agent.mjs",
    expect.objectContaining({ PREWARM_INSTANCE_ID: instance }),
  ]);
  parts.end();
});

describe("the first process", () => {
  test("starts one more for each further worker, and cares for the instance", async () => {
    await start();
    expect(parts.done).toEqual(["Siblings start 4"]);
    expect(made<AgentDeps>("Agent").retirement).toBeDefined();
    parts.end();
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "on %s stops its agent and the others once, and ends with 0",
    async (signal) => {
      const { ended } = await start();
      parts.done.length = 0;
      process.emit(signal);
      process.emit(signal);
      expect(parts.done).toEqual(["Agent stop", "Siblings stop"]);
      parts.end();
      await ended;
      expect(parts.done.slice(2)).toEqual(["Siblings stop", "Siblings ended", "PooledHttpClient destroy"]);
      expect(exits).toEqual([0]);
    },
  );

  test("cuts off what runs a minute after the stop, and not before", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await start();
    process.emit("SIGTERM");
    parts.done.length = 0;
    vi.advanceTimersByTime(59_999);
    expect(parts.done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(parts.done).toEqual(["ResultWriter giveUp", "PooledHttpClient destroy"]);
    parts.end();
  });

  test("stops on a Spot notice, though the metadata service failed before", async () => {
    let asked = 0;
    const stopped = new Promise<void>((resolve) => {
      parts.spotAction = async () => {
        asked++;
        if (asked === 1) throw new Error("no metadata service");
        if (asked === 3) setImmediate(resolve);
        return asked === 3 ? "terminate" : undefined;
      };
    });
    await start();
    await stopped;
    expect(parts.done).toEqual(["Siblings start 4", "Agent stop", "Siblings stop"]);
    expect(parts.logged.at(-1)).toEqual([{ reason: "spot terminate" }, "Agent stopping"]);
    parts.end();
  });

  test("ends the others too where its agent stops by itself", async () => {
    const { ended } = await start();
    parts.done.length = 0;
    parts.end();
    await ended;
    expect(parts.done).toEqual(["Siblings stop", "Siblings ended", "PooledHttpClient destroy"]);
    expect(exits).toEqual([0]);
  });
});

describe("a sibling", () => {
  test("starts nobody, cares for no instance, and looks for no Spot notice", async () => {
    const spotAction = vi.fn(async () => "terminate");
    parts.spotAction = spotAction;
    await start("sibling");
    expect(parts.done).toEqual([]);
    expect(made<AgentDeps>("Agent").retirement).toBeUndefined();
    expect(spotAction).not.toHaveBeenCalled();
    parts.end();
  });

  test("stops when the first process has ended", async () => {
    await start("sibling");
    EventEmitter.prototype.emit.call(process, "disconnect");
    expect(parts.done).toEqual(["Agent stop", "Siblings stop"]);
    parts.end();
  });
});
